import CodCore

/// A line of an index: which instance it is, and what of it is saved where.
struct IndexEntry: Equatable {
    /// `<study>/<series>/<instance>`: on disks that ignore case two series may share a file.
    let name: String
    /// Where its bytes lie, below the store's folder.
    let path: String
    let byteCount: Int64
    /// What the bytes were compared with; `nil` when nobody computed it.
    let checksum: CRC32C?
    /// The crc32c of the archive it came out of, where that was compared.
    let archiveChecksum: CRC32C?

    init(of saved: SavedInstance) {
        name = saved.instance.path
        path = saved.path
        byteCount = saved.instance.byteCount
        checksum = saved.checksum
        archiveChecksum = saved.archiveChecksum
    }

    /// Reads a line; `nil` for one that is damaged, whose instance is then fetched again.
    init?(line: some StringProtocol) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 5, let byteCount = Int64(fields[2]), byteCount >= 0, fields[1].utf8.count == 64 + 9,
            fields[1].hasPrefix("objects/"), fields[1].dropFirst(8).allSatisfy({ $0.isHexDigit || $0 == "/" })
        else { return nil }
        (name, path) = (String(fields[0]), String(fields[1]))
        self.byteCount = byteCount
        checksum = CRC32C(hex: fields[3])
        archiveChecksum = CRC32C(hex: fields[4])
    }

    /// Its line, without the end.
    var line: String {
        "\(name)\t\(path)\t\(byteCount)\t\(checksum?.description ?? "-")\t\(archiveChecksum?.description ?? "-")"
    }
}

/// What is saved of a series, by the identifiers of its instances.
struct SeriesIndex: Equatable {
    private let series: SeriesID
    private var entries: [String: IndexEntry]

    /// The index in a file's text.
    init(of series: SeriesID, text: String) {
        self.series = series
        let read = text.split(separator: "\n").compactMap { IndexEntry(line: $0) }
        // Of two lines for one instance the later counts.
        entries = Dictionary(read.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    subscript(uid: String) -> IndexEntry? {
        get { entries["\(series)/\(uid)"] }
        set { entries["\(series)/\(uid)"] = newValue }
    }

    /// Its file's text: a line an instance, in the order of their names.
    var text: String { entries.values.sorted { $0.name < $1.name }.map { "\($0.line)\n" }.joined() }
}

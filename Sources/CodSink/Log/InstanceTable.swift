internal import CodCore
internal import SystemPackage

/// Writes `files.csv` (RFC 4180): which file of a layout is which instance, a line a file, in the order of studies, series and instances.
///
/// It is made of the records, and of files that are there as these say; it holds one series at a time.
struct InstanceTable {
    static let header = "path,study,series,instance,size,crc32c\r\n"

    let session: OutputSession

    /// Puts a new one in the place of the old one. The caller holds the output's lock. Throws an `Errno`, and `CancellationError`.
    func write(isDurable: Bool) throws {
        var all: [SeriesID] = []
        try session.root.forEachRecordedSeries { _, _ in
        } _: {
            all.append($0)
        }
        all.sort { ($0.study, $0.series) < ($1.study, $1.series) }
        try session.partial.replace(OutputLayout.tableName, in: session.root) { (file) throws(Errno) in
            var text = Self.header
            for series in all {
                try add(series, to: &text, of: file)
            }
            try file.writeAll(ByteChunk(text.utf8))
            if isDurable { try file.syncWherePossible() }
        }
    }

    private func add(_ series: SeriesID, to text: inout String, of file: OpenFile) throws(Errno) {
        let records = SeriesRecords(of: series, in: session.root)
        var folders = PathFolders(session.root)
        for uid in records.instances.sorted() {
            guard let record = records[instance: uid], !record.isDamaged else { continue }
            let path = record.path ?? OutputLayout.path(of: uid, in: series)
            guard try folders.byteCount(at: path) == record.byteCount else { continue }
            text += Self.line(path, series, record)
            if text.utf8.count >= 1 << 16 {
                try file.writeAll(ByteChunk(text.utf8))
                text = ""
            }
        }
    }

    static func line(_ path: String, _ series: SeriesID, _ record: SeriesRecords.Record) -> String {
        "\(quoted(path)),\(series.study),\(series.series),\(record.uid),\(record.byteCount),\(record.checksum?.description ?? "")\r\n"
    }

    /// A field in quotes where it needs them. A spreadsheet takes what begins with = + - @ for a formula; it stays as it is, because it is
    /// a path that programs read.
    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0D, 0x0A].contains($0) }
        return needsQuotes
            ? "\"\(field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : field
    }
}

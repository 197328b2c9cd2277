package import CodCore
internal import SystemPackage

/// What earlier runs noted of a series' saved instances: sizes and checksums, for a check without the store.
///
/// Kept in `.cod/records/<study>/<series>.txt`, a line an instance; the last line of an instance counts. They are notes: a line
/// that cannot be read is passed over, and what the files themselves say goes before them. Where a file was found to be no longer
/// what was saved, a line says that, and what it should be.
package struct SeriesRecords: Sendable {
    /// What is known of one instance.
    package struct Record: Hashable, Sendable {
        package let uid: String
        package let byteCount: Int64
        /// The crc32c of what was saved; `nil` when nobody computed it.
        package let checksum: CRC32C?
        /// Whether the bytes were compared with a checksum of the store's when they were saved: their own, or the archive's.
        package let isVerified: Bool
        /// The crc32c of the archive that they came out of, where they have none of their own and that was compared.
        package let archiveChecksum: CRC32C?
        /// Whether the file was found not to be that: it counts for nothing until it is saved again.
        package let isDamaged: Bool
        /// Where its file is below the output folder, where a layout says that; `nil`: by its identifiers.
        package let path: String?

        package init(
            uid: String, byteCount: Int64, checksum: CRC32C?, isVerified: Bool, isDamaged: Bool = false,
            archiveChecksum: CRC32C? = nil, path: String? = nil
        ) {
            self.uid = uid
            self.byteCount = byteCount
            self.checksum = checksum
            self.isVerified = isVerified
            self.archiveChecksum = archiveChecksum
            self.isDamaged = isDamaged
            self.path = path
        }
    }

    /// An archive of which all was saved, with what the metadata does not list.
    package struct Completion: Hashable, Sendable {
        /// 0 where the store has none.
        package let generation: Int64
        package let byteCount: Int64
        package let checksum: CRC32C?

        package init(generation: Int64, byteCount: Int64, checksum: CRC32C?) {
            (self.generation, self.byteCount, self.checksum) = (generation, byteCount, checksum)
        }

        package init(of archive: Archive) {
            self.init(
                generation: max(archive.generation ?? 0, 0), byteCount: max(archive.byteCount ?? 0, 0), checksum: archive.checksum
            )
        }
    }

    /// How many instances are taken: as many as a series' metadata may list.
    static let maximumCount = 5_000_000
    /// How much of a file is read.
    static let maximumByteCount: Int64 = 2 << 30

    private var records: [String: Record] = [:]
    /// Of which archive all was saved, when that was last noted.
    package private(set) var completion: Completion?

    /// How many instances there are records of.
    package var count: Int { records.count }

    /// The identifiers of the instances that there are records of, in no order.
    package var instances: some Collection<String> { records.keys }

    /// The record of an instance.
    package subscript(instance uid: String) -> Record? { records[uid] }

    /// Reads the records of a series below the output folder `root`; there are none where they are missing, and no more than can be
    /// read. Blocks on the disk.
    package init(of series: SeriesID, in root: OpenFile) {
        try? read(series, in: root)
    }

    /// The same; throws when there may be records that cannot be read, `.fileTooLarge` when there are too many.
    init(reading series: SeriesID, in root: OpenFile) throws(Errno) {
        do { try read(series, in: root) } catch .noSuchFileOrDirectory {}
    }

    private mutating func read(_ series: SeriesID, in root: OpenFile) throws(Errno) {
        guard UIDText.isValid(series.study), UIDText.isValid(series.series) else { return }
        guard
            let folder = try root.folder(OutputLayout.ownName).folder(OutputLayout.recordsName).folderIfThere(of: series.study),
            let name = try folder.name(of: series.series, suffix: Self.suffix)
        else { return }
        try read(folder.openReading(name))
    }

    private mutating func read(_ file: OpenFile) throws(Errno) {
        var lines = RecordLines()
        var offset: Int64 = 0
        while true {
            let chunk = try file.readChunk(at: offset, byteCount: 1 << 16)
            if chunk.count == 0 { return }
            offset += Int64(chunk.count)
            lines.push(chunk) { line in
                switch line {
                case .instance(let record): records[record.uid] = record
                case .withdrawal(let uid): records[uid] = nil
                case .completion(let found): completion = found
                }
            }
            guard offset <= Self.maximumByteCount, records.count <= Self.maximumCount else { throw .fileTooLarge }
        }
    }

    /// Adds records to those of a series, in one write, while no other process does, and, where it is new, of which archive all is saved.
    /// `own` is the folder `.cod`. Blocks on the disk. Throws an `Errno`, or a ``CodError`` that says who does not let go of the lock.
    static func append(
        _ records: [Record], _ completion: Completion? = nil, to series: SeriesID, in own: OpenFile,
        locks: OutputLocks = OutputLocks(path: nil)
    ) throws {
        let folder = try own.makingFolder(OutputLayout.recordsName).makingFolder(of: series.study).folder
        try appending(to: folder.openAppending(of: series.series, suffix: suffix), of: series, in: folder, locks) {
            (file) throws(Errno) in
            guard let completion else { return records.map(RecordLines.Line.instance) }
            var current = SeriesRecords()
            try current.read(file)
            return records.map(RecordLines.Line.instance) + (current.completion == completion ? [] : [.completion(completion)])
        }
    }

    /// Changes records, those that nobody else has changed in between: `changes` are what they were and what they are to be.
    /// Answers the others as they are now. Blocks on the disk. Throws as ``append(_:to:in:locks:)``.
    static func amend(
        _ changes: [(from: Record, to: Record)], of series: SeriesID, in own: OpenFile,
        locks: OutputLocks = OutputLocks(path: nil)
    ) throws -> [Record] {
        guard let folder = try own.folder(OutputLayout.recordsName).folderIfThere(of: series.study) else {
            throw Errno.noSuchFileOrDirectory
        }
        var others: [Record] = []
        try appending(to: folder.openAppending(of: series.series, suffix: suffix), of: series, in: folder, locks) {
            (file) throws(Errno) in
            var current = SeriesRecords()
            try current.read(file)
            return changes.compactMap { change in
                if let record = current[instance: change.from.uid], record != change.from {
                    others.append(record)
                    return nil
                }
                return change.to == change.from ? nil : .instance(change.to)
            }
        }
        return others
    }

    /// Notes that what is recorded of an instance no longer counts, where anything is. Blocks on the disk. Throws as
    /// ``append(_:to:in:locks:)``.
    static func withdraw(
        _ instance: String, of series: SeriesID, in own: OpenFile, locks: OutputLocks = OutputLocks(path: nil), isDurable: Bool
    ) throws {
        guard let all = try own.folderIfThere(OutputLayout.recordsName), let folder = try all.folderIfThere(of: series.study),
            try folder.name(of: series.series, suffix: suffix) != nil
        else { return }
        try appending(
            to: folder.openAppending(of: series.series, suffix: suffix), of: series, in: folder, locks, syncs: isDurable
        ) { (_) throws(Errno) in
            return [.withdrawal(instance)]
        }
    }

    private init() {}

    /// Adds the records that `make` answers, which is lent the file, while no other process adds any.
    private static func appending(
        to opened: (file: OpenFile, name: String), of series: SeriesID, in folder: OpenFile, _ locks: OutputLocks,
        syncs: Bool = false, _ make: (OpenFile) throws(Errno) -> [RecordLines.Line]
    ) throws {
        let (file, name) = opened
        // Without locks the write is still one, at the end of the file.
        _ = try locks.take(file, "\(OutputLayout.ownName)/\(OutputLayout.recordsName)/\(series.study)/\(name)")
        let lines = try make(file)
        if lines.isEmpty { return }
        var text = ""
        if let byteCount = try folder.status(of: name)?.byteCount, byteCount > 0 {
            // A line that a crash tore off must not swallow the next one.
            let last = try file.readChunk(at: byteCount - 1, byteCount: 1)
            if !last.withBytes({ $0.withUnsafeBytes { $0.elementsEqual("\n".utf8) } }) { text = "\n" }
        }
        for line in lines { text += RecordLines.text(of: line) }
        let chunk = ByteChunk(text.utf8)
        try withExtendedLifetime(file) { () throws(Errno) in
            try file.writeAll(chunk)
            if syncs { try file.syncWherePossible() }
        }
    }

    private static let suffix = ".txt"

    /// Where the records of a series are, below the output folder, unless a name in the way to them is marked.
    static func path(of series: SeriesID) -> String {
        "\(OutputLayout.ownName)/\(OutputLayout.recordsName)/\(series.study)/\(series.series)\(suffix)"
    }

    /// The series whose records a file of that name holds; `nil` when it is no such name.
    static func series(ofFileNamed name: String) -> String? {
        name.hasSuffix(suffix) ? DiskName.identifier(of: name.dropLast(suffix.count)) : nil
    }
}

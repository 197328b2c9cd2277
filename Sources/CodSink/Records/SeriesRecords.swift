package import CodCore
internal import SystemPackage

/// What earlier runs noted of a series' saved instances: sizes and checksums, for a check without the store.
///
/// Kept in `.cod/records/<study>/<series>.txt`, a line an instance; the last line of an instance counts. They are notes: a line
/// that cannot be read is passed over, and what the files themselves say goes before them.
package struct SeriesRecords: Sendable {
    /// What is known of one instance.
    package struct Record: Hashable, Sendable {
        package let uid: String
        package let byteCount: Int64
        /// The crc32c of what was saved; `nil` when nobody computed it.
        package let checksum: CRC32C?
        /// Whether the bytes were compared with the metadata's checksum when they were saved.
        package let isVerified: Bool

        package init(uid: String, byteCount: Int64, checksum: CRC32C?, isVerified: Bool) {
            self.uid = uid
            self.byteCount = byteCount
            self.checksum = checksum
            self.isVerified = isVerified
        }
    }

    private var records: [String: Record] = [:]

    /// How many instances there are records of.
    package var count: Int { records.count }

    /// The identifiers of the instances that there are records of, in no order.
    package var instances: some Collection<String> { records.keys }

    /// The record of an instance.
    package subscript(instance uid: String) -> Record? { records[uid] }

    /// Reads the records of a series below the output folder `root`; there are none where they are missing or cannot be read. Blocks
    /// on the disk.
    package init(of series: SeriesID, in root: OpenFile) {
        guard UIDText.isValid(series.study), UIDText.isValid(series.series) else { return }
        guard
            let folder = try? root.folder(OutputLayout.ownName).folder(OutputLayout.recordsName).folderIfThere(of: series.study),
            let name = try? folder.name(of: series.series, suffix: Self.suffix), let file = try? folder.openReading(name)
        else { return }
        var lines = RecordLines()
        var offset: Int64 = 0
        while let chunk = try? file.readChunk(at: offset, byteCount: 1 << 16), chunk.count > 0 {
            offset += Int64(chunk.count)
            lines.push(chunk) { records[$0.uid] = $0 }
        }
    }

    /// Adds records to those of a series, in one write, while no other process does. `own` is the folder `.cod`. Blocks on the disk.
    static func append(_ records: [Record], to series: SeriesID, in own: OpenFile) throws(Errno) {
        let folder = try own.makingFolder(OutputLayout.recordsName).makingFolder(of: series.study).folder
        let (file, name) = try folder.openAppending(of: series.series, suffix: suffix)
        // Without locks the write is still one, at the end of the file.
        _ = try? file.lock(waiting: true)
        var text = ""
        if let byteCount = try folder.status(of: name)?.byteCount, byteCount > 0 {
            // A line that a crash tore off must not swallow the next one.
            let last = try file.readChunk(at: byteCount - 1, byteCount: 1)
            if !last.withBytes({ $0.withUnsafeBytes { $0.elementsEqual("\n".utf8) } }) { text = "\n" }
        }
        for record in records { text += RecordLines.line(of: record) }
        let chunk = ByteChunk(text.utf8)
        try withExtendedLifetime(file) { () throws(Errno) in try file.writeAll(chunk) }
    }

    private static let suffix = ".txt"

    /// The series whose records a file of that name holds; `nil` when it is no such name.
    static func series(ofFileNamed name: String) -> String? {
        name.hasSuffix(suffix) ? DiskName.identifier(of: name.dropLast(suffix.count)) : nil
    }
}

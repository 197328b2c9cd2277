import CodCore
import SystemPackage

/// A zip of a study that an earlier run has finished.
final class FinishedZip: Sendable {
    let path: String
    let places: [String: ZipLayout.Place]
    let status: FileStatus
    private let file: OpenFile

    /// Opens the zip of a study and reads its directory; `nil` where there is none. Throws an `Errno`, or a ``CodError`` where it is no
    /// zip.
    init?(_ names: StudyZip.Names) throws {
        guard let there = try names.folder.status(of: names.name), there.kind == .file else { return nil }
        let file = try names.folder.openReading(names.name)
        let status = try file.status()
        let directory = try ZipDirectory(ofZipWith: status.byteCount) { offset, byteCount in
            let chunk = try file.readChunk(at: offset, byteCount: byteCount)
            if chunk.count < byteCount { throw ZipDirectory.damaged("it has become shorter") }
            return chunk
        }
        // Its entries are copied when more is wanted: they must not be more than there is.
        var rest = status.byteCount
        for place in directory.places {
            guard place.entry.packedByteCount <= rest else { throw ZipDirectory.damaged("its entries lie in each other") }
            rest -= place.entry.packedByteCount
        }
        path = names.path
        places = Dictionary(directory.places.lazy.map { ($0.entry.name, $0) }) { first, _ in first }
        (self.file, self.status) = (file, status)
    }

    /// Copies bytes of it into another zip.
    func copy(_ byteCount: Int64, at offset: Int64, to zip: ZipFile, at newOffset: Int64) throws(Errno) {
        try zip.copy(byteCount, from: file, at: offset, to: newOffset)
    }

    /// Where an entry's bytes begin: its local record may have other fields than the directory's.
    func dataOffset(of place: ZipLayout.Place) throws -> Int64 {
        let byteCount = 30
        let record = try file.readChunk(at: place.offset, byteCount: byteCount).withBytes { bytes in
            bytes.withUnsafeBytes { Array($0) }
        }
        var head = record[...]
        guard record.count == byteCount, head.takeNumber(4) == UInt64(ZipRecord.localSignature) else {
            throw ZipDirectory.damaged("its entry \(ZipDirectory.quotedName(place.entry.name)) is not where it should be")
        }
        head = head.dropFirst(22)
        let offset = place.offset + Int64(byteCount) + Int64(head.takeNumber(2) ?? 0) + Int64(head.takeNumber(2) ?? 0)
        guard place.entry.packedByteCount <= status.byteCount - offset else {
            throw ZipDirectory.damaged("its entry \(ZipDirectory.quotedName(place.entry.name)) lies outside of it")
        }
        return offset
    }
}

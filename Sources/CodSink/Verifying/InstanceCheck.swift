internal import CodCore
internal import SystemPackage

/// One file to be held against its record.
struct InstanceCheck: Sendable {
    /// How it ended.
    enum Outcome {
        /// Size and crc32c are the record's.
        case verified
        /// The size is the record's, which has no crc32c.
        case sizeOnly
        /// Not so; `isLost` when what was saved is certainly not to be had from the file.
        case failed(VerificationFinding, isLost: Bool)
    }

    let record: SeriesRecords.Record
    /// What the file is called.
    let name: String
    /// The size of the file, a moment ago.
    let byteCount: Int64

    /// Reads the file where there is something to compare it with. Throws `CancellationError` alone.
    func run(
        of series: SeriesID, in folder: OpenFile, by reader: inout FileReader, didRead: (Int) -> Void
    ) throws(CancellationError) -> Outcome {
        guard byteCount == record.byteCount else {
            return .failed(.damaged(record, of: series, found: .init(size: byteCount, checksum: nil)), isLost: true)
        }
        guard let expected = record.checksum else { return .sizeOnly }
        let content: FileContent
        do {
            content = try reader.content(
                of: name, in: folder, upTo: byteCount, didRead: didRead)
        } catch let errno as Errno {
            if errno == .noSuchFileOrDirectory {
                return .failed(.missing(record, of: series, inItsPlace: nil), isLost: false)
            }
            return .failed(.unreadable(record, of: series, errno), isLost: errno == .ioError)
        } catch {
            throw CancellationError()
        }
        if content == FileContent(byteCount: byteCount, checksum: expected) { return .verified }
        // Of one that has grown meanwhile only the beginning was read.
        let checksum = content.byteCount > byteCount ? nil : content.checksum
        return .failed(
            .damaged(record, of: series, found: .init(size: content.byteCount, checksum: checksum)), isLost: true)
    }
}

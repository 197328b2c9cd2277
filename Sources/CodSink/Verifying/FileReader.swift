internal import CodCore
internal import SystemPackage

/// How many bytes a file has, and their checksum.
struct FileContent: Hashable, Sendable {
    let byteCount: Int64
    let checksum: CRC32C
}

/// Reads files for their checksums, one after the other, through one piece of memory of at most 256 KiB, which fits a
/// processor's own.
struct FileReader {
    private static let chunkByteCount: Int64 = 256 << 10
    private var chunk = ByteChunk([])

    /// What a file holds. One that is longer than `limit` is read no further than one byte behind it.
    ///
    /// Throws an `Errno` when it cannot be read, and `CancellationError` between two chunks when the task was cancelled.
    mutating func content(
        of name: String, in folder: OpenFile, upTo limit: Int64, didRead: (Int) -> Void = { _ in }
    ) throws -> FileContent {
        try BlockingCancellation.check()
        let file = try folder.openReading(name)
        var checksum = RunningCRC32C()
        var byteCount: Int64 = 0
        while byteCount <= limit {
            if byteCount > 0 { try BlockingCancellation.check() }
            // One more than there should be: the end is known without another call.
            let wanted = min(limit - byteCount, Self.chunkByteCount - 1) + 1
            try file.readChunk(into: &chunk, at: byteCount, byteCount: Int(wanted))
            checksum.update(chunk)
            byteCount += Int64(chunk.count)
            didRead(chunk.count)
            if chunk.count < wanted { break }
        }
        return FileContent(byteCount: byteCount, checksum: checksum.checksum)
    }
}

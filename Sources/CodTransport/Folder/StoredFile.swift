import CodCore

/// A file of a folder's store, open for reading.
struct StoredFile: Sendable {
    /// What fits a processor's own memory beside all else: the bytes are still there when they are summed up and written.
    static let chunkByteCount: Int64 = 256 << 10

    let file: OpenFile
    let path: String
    /// How many bytes it had when it was opened.
    let byteCount: Int64
    /// The generation that it was listed with; `nil` when nobody listed it.
    let generation: Int64?

    /// A range of its bytes, 256 KiB at a time, read when they are asked for, into the memory of the chunk before where nobody has kept
    /// that. Ends with an error when the file is written to, or cut
    /// off, meanwhile: no byte is passed on that may be of another version.
    func stream(of portion: Portion, range: Range<Int64>) -> ByteStream {
        ByteStream(of: portion) {
            var position = range.lowerBound
            var chunk = ByteChunk([])
            return ByteStream.AsyncIterator {
                if position >= range.upperBound { return nil }
                try Task.checkCancellation()
                try read(into: &chunk, at: position, byteCount: Int(min(range.upperBound - position, Self.chunkByteCount)))
                try checkGeneration()
                if chunk.count == 0 { throw truncated(at: position, of: range.upperBound) }
                position += Int64(chunk.count)
                return chunk
            }
        }
    }

    /// Throws when it is no longer the file that was listed.
    func checkGeneration() throws(CodError) {
        guard let generation else { return }
        let found: FileStatus
        do { found = try file.status() } catch {
            throw CodError.file("look at", path, error, code: .requestFailed).reaching(.series)
        }
        if found.modifiedAt != generation { throw changed("it was written to") }
    }

    /// The file is not the one that was listed.
    func changed(_ reason: String) -> CodError {
        CodError(
            .objectChanged, "The file \(path) has changed since it was listed: \(reason).",
            recovery: "Wait until it is copied, then run the same command again.")
    }

    /// The file ended before bytes that it should have. Reading again would find no more.
    func truncated(at position: Int64, of expected: Int64) -> CodError {
        CodError(
            .truncated, "The file \(path) ends after \(position) bytes; \(expected) were expected.",
            recovery: "Wait until it is copied, or copy it again.", byteOffset: position)
    }

    private func read(into chunk: inout ByteChunk, at offset: Int64, byteCount: Int) throws(CodError) {
        do { try file.readChunk(into: &chunk, at: offset, byteCount: byteCount) } catch {
            throw CodError.file("read", path, error, code: .requestFailed).reaching(.series)
        }
    }
}

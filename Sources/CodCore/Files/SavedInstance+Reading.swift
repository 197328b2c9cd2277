internal import SystemPackage

extension SavedInstance {
    /// Its place as one path: ``root`` and ``path`` together.
    public var location: String { "\(root)/\(path)" }

    /// Reads the saved file from its first byte to its last, a chunk of at most 1 MiB at a time. Blocks on the disk.
    ///
    /// Throws what `body` throws, a ``CodError`` when the file cannot be read, and `CancellationError` between two chunks when
    /// the task was cancelled.
    public func forEachChunk(_ body: (ByteChunk) throws -> Void) throws {
        let file: FileDescriptor
        do { file = try .open(FilePath(location), .readOnly) } catch let errno as Errno { throw Self.unreadable(location, errno) }
        defer { try? file.close() }
        var offset: Int64 = 0
        while true {
            try BlockingCancellation.check()
            let chunk: ByteChunk
            do { chunk = try file.readChunk(at: offset, byteCount: 1 << 20) } catch { throw Self.unreadable(location, error) }
            if chunk.count == 0 { return }
            offset += Int64(chunk.count)
            try body(chunk)
        }
    }

    private static func unreadable(_ location: String, _ errno: Errno) -> CodError {
        .file("read", location, errno, code: .outputUnusable)
    }
}

internal import CodCore
internal import NIOCore

/// An object of a bucket at one moment: what is said of it, and a hold on its bytes.
struct BucketObject: Sendable {
    enum Content: Sendable {
        case memory(ByteBuffer)
        case file(OpenFile)
    }

    let name: ObjectName
    let content: Content
    let byteCount: Int64
    /// For a file the time of its last change, in microseconds since 1970, as the service's are.
    let generation: Int64
    /// `gzip`, or `nil` for bytes as they are.
    let contentEncoding: String?
    let contentType: String
    let updated: Timestamp
    /// Tells two files apart that took one another's name within a microsecond; 0 in memory.
    let serial: UInt64

    /// Nothing overwrites an object in place without a new generation, so this is always the first.
    var metageneration: Int64 { 1 }

    /// The bytes from `offset`, up to `byteCount` of them; none behind the end. Blocks on the disk for a file.
    func read(at offset: Int64, byteCount: Int) throws -> ByteBuffer {
        switch content {
        case .file(let file):
            return try file.descriptor.readChunk(at: offset, byteCount: byteCount).buffer
        case .memory(let bytes):
            let start = Int(clamping: min(offset, self.byteCount))
            let count = min(byteCount, bytes.readableBytes - start)
            return bytes.getSlice(at: bytes.readerIndex + start, length: count) ?? ByteBuffer()
        }
    }

    /// The same, with the disk waited for on another thread.
    func readAside(at offset: Int64, byteCount: Int) async throws -> ByteBuffer {
        guard case .file = content else { return try read(at: offset, byteCount: byteCount) }
        return try await offTaskThreads { try read(at: offset, byteCount: byteCount) }
    }
}

import NIOCore

/// How large the buffers are that a connection's bytes arrive in: small at first, larger when a read has filled one, and then for as long
/// as the connection is there. What is short never takes the memory that a long body is worth.
struct GrowingReceiveBuffers: RecvByteBufferAllocator {
    static let initialByteCount = 64 << 10

    private var byteCount: Int
    private let mostByteCount: Int

    /// - Parameter mostByteCount: at least 1.
    init(mostByteCount: Int) {
        self.mostByteCount = mostByteCount
        byteCount = min(Self.initialByteCount, mostByteCount)
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: byteCount) }

    func nextBufferSize() -> Int? { byteCount }

    mutating func record(actualReadBytes: Int) -> Bool {
        guard actualReadBytes >= byteCount, byteCount < mostByteCount else { return false }
        byteCount = min(byteCount * 4, mostByteCount)
        return true
    }
}

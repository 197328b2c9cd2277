import Synchronization

/// Memory that is written to again and again: what is new costs more than what is put into it.
final class PackingBuffer: Sendable {
    /// A batch with its records, or a part with what stands in front of it.
    private static let usualByteCount = ZipPress.batchByteCount + (64 << 10)

    private let memory = Mutex<[UInt8]>([])

    /// Lends so many bytes of memory or more; of what it holds the first `kept` bytes stay in any case.
    func withMemory<Result: Sendable>(
        _ byteCount: Int, keeping kept: Int = 0, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) throws -> Result {
        try memory.withLock { memory in
            if memory.count < byteCount {
                memory.removeLast(memory.count - kept)
                memory += [UInt8](repeating: 0, count: max(byteCount, Self.usualByteCount) - kept)
            }
            return try memory.withUnsafeMutableBytes { try body($0) }
        }
    }

    /// Lends the first so many bytes, which must have been written.
    func withBytes<Result: Sendable>(_ byteCount: Int, _ body: (RawSpan) throws -> Result) throws -> Result {
        try memory.withLock { memory in try body(memory.span.bytes.extracting(0..<byteCount)) }
    }
}

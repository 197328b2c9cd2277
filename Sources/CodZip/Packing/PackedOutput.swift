/// Memory that compressors write to.
final class PackedOutput {
    private let memory: UnsafeMutableRawBufferPointer
    private var byteCount = 0

    /// Memory for at least so many bytes.
    init(byteCount: Int) {
        // What is a little larger is to fit too.
        memory = .allocate(byteCount: byteCount + (64 << 10), alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    var capacity: Int { memory.count }

    /// What was written to it last.
    var array: [UInt8] { [UInt8](memory[..<byteCount]) }

    /// Lends what was written to it last.
    func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        // Its memory is there until `deinit`, and its first `byteCount` bytes were written.
        try body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(memory).prefix(byteCount)))
    }

    /// Packs bytes from an offset on, in place of what it holds. Answers whether they became no more than so many, which must be no more
    /// than there are.
    func fill(
        upTo mostByteCount: Int, with bytes: RawSpan, from offset: Int, isLast: Bool, by compressor: any Compressor
    ) throws -> Bool {
        let room = UnsafeMutableRawBufferPointer(rebasing: memory[..<mostByteCount])
        var output = OutputRawSpan(buffer: room, initializedCount: 0)
        byteCount = 0
        var start = offset
        while start < bytes.byteCount {
            let end = start + min(compressor.blockByteCount, bytes.byteCount - start)
            let isWhole = try compressor.pack(
                bytes.extracting(start..<end), after: bytes.extracting(max(start - dictionaryByteCount, 0)..<start),
                isLast: isLast && end == bytes.byteCount, into: &output)
            if !isWhole { return false }
            start = end
        }
        byteCount = output.finalize(for: room)
        return true
    }
}

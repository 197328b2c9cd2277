internal import CZlib
internal import CodCore

/// Unpacks deflate streams that come from anywhere, one after the other, and hands out what they unpack to 64 KiB at a time. Used by one
/// thread at a time.
final class EntryInflater {
    // zlib keeps the address of its state, so that must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var ownOutput = [UInt8](repeating: 0, count: 64 << 10)

    /// What came of a piece of a stream.
    enum Outcome: Equatable {
        /// More is to come.
        case open
        /// The stream ended, and so many bytes of the piece are none of its.
        case ended(restByteCount: Int)
        /// This is no deflate stream.
        case invalid
    }

    init() throws(CodError) {
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw CodError(.refused, "zlib cannot be started.", recovery: "There may be no memory left.", reach: .job)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Forgets the stream before.
    func begin() { inflateReset(stream) }

    /// Takes the next piece of a stream. What `body` throws ends it.
    func inflate(_ piece: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Outcome {
        var output: [UInt8] = []
        swap(&output, &ownOutput)
        defer { swap(&output, &ownOutput) }
        return try piece.withUnsafeBytes { input in
            // zlib reads its input and never writes to it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                let (result, count) = output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    let result = CZlib.inflate(stream, Z_NO_FLUSH)
                    return (result, output.count - Int(stream.pointee.avail_out))
                }
                // No buffer: it needs more input.
                guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(result) else { return .invalid }
                if count > 0 { try body(output.span.bytes.extracting(0..<count)) }
                if result == Z_STREAM_END { return .ended(restByteCount: Int(stream.pointee.avail_in)) }
                if count < output.count { return .open }
            }
        }
    }
}

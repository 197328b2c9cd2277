import CZlib
import CodCore

/// Expands a stream of the gzip format (RFC 1952) with the system's zlib, a piece at a time.
final class Inflater {
    // zlib keeps the address of its stream, so the stream stays where it was allocated until `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// Whether the end of the stream was read.
    private(set) var isAtEnd = false

    init() throws {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw CodError(.stageFailed, "zlib could not start to expand (status \(status)).", reach: .job)
        }
        // Only now is there something that `deinit` must end.
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Expands more of the stream; `take` gets at most 64 KiB at a time.
    func write(_ bytes: [UInt8], take: (RawSpan) throws -> Void) throws {
        // zlib takes its input as mutable and does not change it.
        var input = bytes
        try input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var isFull = true
            while isFull && !isAtEnd {
                let capacity = buffer.count
                let (count, status) = buffer.withUnsafeMutableBufferPointer { buffer in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(capacity)
                    let status = inflate(stream, Z_NO_FLUSH)
                    return (capacity - Int(stream.pointee.avail_out), status)
                }
                // Z_BUF_ERROR says no more than that all input is used up.
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw CodError(.damagedMetadata, "The bytes are no gzip stream (zlib's status \(status)).")
                }
                isAtEnd = status == Z_STREAM_END
                let expanded = Array(buffer[..<count])
                try take(expanded.span.bytes)
                isFull = count == capacity
            }
        }
    }
}

import CZlib
import CodCore

/// Compresses a stream into the gzip format (RFC 1952) with the system's zlib, a piece at a time.
///
/// Name and time are left out of the gzip header: the same bytes give the same result.
final class Deflater {
    // zlib keeps the address of its stream, so the stream stays where it was allocated until `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(level: Int32 = 6) throws {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 on top for the gzip format.
        let status = deflateInit2_(
            stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw CodError(.stageFailed, "zlib could not start to compress (status \(status)).", reach: .job)
        }
        // Only now is there something that `deinit` must end.
        self.stream = stream
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func write(_ bytes: [UInt8], to output: inout some ByteOutput) throws {
        try run(bytes, flush: Z_NO_FLUSH, output: &output)
    }

    /// Ends the stream; nothing may be written after it.
    func finish(to output: inout some ByteOutput) throws {
        try run([], flush: Z_FINISH, output: &output)
    }

    private func run(_ bytes: [UInt8], flush: Int32, output: inout some ByteOutput) throws {
        // zlib takes its input as mutable and does not change it.
        var input = bytes
        try input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var isFull = true
            while isFull {
                let capacity = buffer.count
                let count = buffer.withUnsafeMutableBufferPointer { buffer in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(capacity)
                    _ = deflate(stream, flush)
                    return capacity - Int(stream.pointee.avail_out)
                }
                if count > 0 { try output.write(Array(buffer[..<count])) }
                isFull = count == capacity
            }
        }
    }
}

/// Compresses bytes into the gzip format, in memory.
package func gzip(_ bytes: [UInt8], level: Int32 = 6) throws -> [UInt8] {
    let deflater = try Deflater(level: level)
    var output: [UInt8] = []
    // zlib counts its input in 32 bits.
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
        try deflater.write(Array(bytes[start..<min(start + (1 << 20), bytes.count)]), to: &output)
    }
    try deflater.finish(to: &output)
    return output
}

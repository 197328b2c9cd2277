internal import CZlib
internal import CodCore

/// Unpacks a deflate stream that this process made. Used by one thread at a time.
final class SpoolInflater {
    // zlib keeps the address of its state, so that must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() throws {
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw CodError(.writeFailed, "zlib cannot be started.", recovery: "There may be no memory left.", reach: .job)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next bytes of the stream and hands out what they unpack to, 64 KiB at a time.
    func inflate(_ chunk: ByteChunk, _ body: (RawSpan) throws -> Void) throws {
        try chunk.withBytes { bytes in
            try bytes.withUnsafeBytes { input in
                // zlib reads its input and never writes to it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                var isMore = true
                while isMore {
                    var isValid = true
                    let capacity = 64 << 10
                    let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                        stream.pointee.next_out = output.baseAddress
                        stream.pointee.avail_out = UInt32(capacity)
                        isValid = [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(CZlib.inflate(stream, Z_NO_FLUSH))
                        count = capacity - Int(stream.pointee.avail_out)
                    }
                    guard isValid else {
                        throw CodError(.writeFailed, "What was packed cannot be unpacked.", reach: .instance)
                    }
                    try body(output.span.bytes)
                    isMore = output.count == capacity
                }
            }
        }
    }
}

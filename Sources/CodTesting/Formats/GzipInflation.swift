internal import CZlib
internal import NIOCore

/// Inflates gzip members as their bytes come; several in a row are one text (RFC 1952 §2.2).
final class GzipInflation {
    /// Bytes that are no gzip, or end in the middle.
    struct Damaged: Error {}

    /// Zlib's own number for a window of 32 KiB, raised by 16: gzip instead of zlib around the deflated data.
    private static let window: CInt = 15 + 16

    // Zlib keeps the address of its stream, so it needs one that stays.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input = ByteBuffer()
    private var isAtEnd = true

    init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, Self.window, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Damaged()
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether it has used up its input.
    var needsInput: Bool { input.readableBytes == 0 }

    func feed(_ bytes: ByteBuffer) { input = bytes }

    /// The next inflated bytes, at most so many; none when more input is needed.
    func next(byteCount: Int) throws -> ByteBuffer {
        var output = ByteBuffer()
        var result = Z_OK
        let before = input.readableBytes
        let used = input.withUnsafeMutableReadableBytes { source in
            stream.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_in = CUnsignedInt(source.count)
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { target in
                stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = CUnsignedInt(byteCount)
                result = CZlib.inflate(stream, Z_NO_FLUSH)
                return byteCount - Int(stream.pointee.avail_out)
            }
            return source.count - Int(stream.pointee.avail_in)
        }
        input.moveReaderIndex(forwardBy: used)
        switch result {
        case Z_STREAM_END:
            isAtEnd = true
            inflateReset(stream)
        case Z_OK, Z_BUF_ERROR: isAtEnd = isAtEnd && before == 0
        default: throw Damaged()
        }
        return output
    }

    /// All that more input comes to, at most 64 KiB at a time.
    func inflate(_ bytes: ByteBuffer, to take: (ByteBuffer) throws -> Void) throws {
        feed(bytes)
        while true {
            let piece = try next(byteCount: 64 << 10)
            if piece.readableBytes > 0 { try take(piece) } else if needsInput { return }
        }
    }

    /// To be called when there is no more input.
    func finish() throws {
        if !isAtEnd { throw Damaged() }
    }
}

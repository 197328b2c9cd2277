internal import CZlib
internal import NIOCore

/// Gzip members (RFC 1952) by the system's zlib.
enum Gzip {
    /// Zlib's own number for a window of 32 KiB, raised by 16: gzip instead of zlib around the deflated data.
    fileprivate static let window: CInt = 15 + 16

    /// One member that holds `bytes`, at zlib's default level.
    static func compressed(_ bytes: ByteBuffer) -> ByteBuffer {
        var stream = z_stream()
        // Neither call fails but for want of memory, and the output has room for the worst case.
        deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var output = ByteBuffer()
        var input = bytes
        input.withUnsafeMutableReadableBytes { source in
            stream.next_in = source.bindMemory(to: UInt8.self).baseAddress
            stream.avail_in = CUnsignedInt(source.count)
            let capacity = Int(deflateBound(&stream, CUnsignedLong(source.count)))
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { target in
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = CUnsignedInt(target.count)
                deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        return output
    }
}

/// Inflates gzip members as their bytes come; several in a row are one text (RFC 1952 §2.2).
final class GzipInflation {
    /// Bytes that are no gzip, or end in the middle.
    struct Damaged: Error {}

    // Zlib keeps the address of its stream, so it needs one that stays.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input = ByteBuffer()
    private var isAtEnd = true

    init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, Gzip.window, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
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
                result = inflate(stream, Z_NO_FLUSH)
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

    /// To be called when there is no more input.
    func finish() throws {
        if !isAtEnd { throw Damaged() }
    }
}

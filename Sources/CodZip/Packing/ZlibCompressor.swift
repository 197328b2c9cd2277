internal import CZlib
internal import CodCore

/// The system's zlib.
public final class ZlibCompressor: Compressor {
    /// 128 KiB: small enough for the processor's cache, large enough that what is lost at its borders cannot be measured.
    public let blockByteCount = 128 << 10

    // zlib keeps the address of its state, so that must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isFresh = true

    /// A compressor of a level from 1 (fast) to 9 (small). Throws when there is no memory for it.
    public init(level: Int) throws {
        stream.initialize(to: z_stream())
        // Raw deflate (no frame of zlib's), the largest window, the memory that zlib's own tools give it.
        let result = deflateInit2_(
            stream, Int32(min(max(level, 1), 9)), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            throw CodError(
                .writeFailed, "zlib cannot be started (\(result)).", recovery: "There may be no memory left.", reach: .job)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    public func pack(_ block: RawSpan, after dictionary: RawSpan, isLast: Bool) throws -> [UInt8] {
        if !isFresh { deflateReset(stream) }
        isFresh = false
        if !dictionary.isEmpty {
            dictionary.withUnsafeBytes {
                _ = deflateSetDictionary(stream, $0.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32($0.count))
            }
        }
        // What zlib says of the whole stream, and the empty block that a piece in the middle ends with.
        let capacity = Int(deflateBound(stream, UInt(block.byteCount))) + 16
        let piece = block.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // zlib reads its input and never writes to it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(capacity)
                let result = deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
                count = result == (isLast ? Z_STREAM_END : Z_OK) ? capacity - Int(stream.pointee.avail_out) : 0
            }
        }
        guard !piece.isEmpty else {
            throw CodError(.writeFailed, "zlib could not pack \(block.byteCount) bytes.", reach: .study)
        }
        return piece
    }
}

internal import CZlib
internal import CodCore

/// The system's zlib.
public final class ZlibCompressor: Compressor {
    /// 128 KiB: small enough for the processor's cache, large enough that what is lost at its borders cannot be measured.
    public let blockByteCount = 128 << 10

    // zlib keeps the address of its state, so that must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let level: Int32

    /// A compressor of a level from 1 (fast) to 9 (small). Throws when there is no memory for it.
    public init(level: Int) throws {
        self.level = Int32(min(max(level, 1), 9))
        stream.initialize(to: z_stream())
        // Raw deflate (no frame of zlib's), the largest window, the memory that zlib's own tools give it.
        let result = deflateInit2_(
            stream, self.level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            throw CodError(
                .writeFailed, "zlib cannot be started (\(result)).", recovery: "There may be no memory left.", reach: .job)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Packs a block, behind a dictionary of what stands in front of it. Throws when zlib says that something is wrong with its
    /// state.
    public func pack(_ block: RawSpan, after dictionary: RawSpan, isLast: Bool, into output: inout OutputRawSpan) throws -> Bool {
        begin()
        if !dictionary.isEmpty {
            dictionary.withUnsafeBytes {
                _ = deflateSetDictionary(stream, $0.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32($0.count))
            }
        }
        // The block is lent for as long as this call runs, and zlib is done with it then. It reads its input and never writes to it.
        let input = block.withUnsafeBytes { $0 }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        let result = output.withUnsafeMutableBytes { memory, count in
            let room = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: room.count)
            let before = stream.pointee.avail_out
            let result = deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
            count += Int(before - stream.pointee.avail_out)
            return result
        }
        guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(result) else {
            throw CodError(.writeFailed, "zlib could not pack \(block.byteCount) bytes (\(result)).", reach: .study)
        }
        // Where all room is used there is no telling whether it was enough.
        return isLast ? result == Z_STREAM_END : stream.pointee.avail_out > 0
    }

    /// Forgets what was packed before.
    private func begin() {
        deflateReset(stream)
        guard let search = Search(level: level) else { return }
        deflateTune(stream, search.good, search.lazy, search.nice, search.chain)
    }

    /// How long zlib looks for matches.
    ///
    /// As at the same level of its own (deflate.c of zlib 1.2 and 1.3), but for one number: a match of more than four bytes is taken
    /// without looking whether the next byte begins a better one, from level 5 on too. On pixels with noise that takes half of the time or
    /// less, and makes them smaller: there a match that begins a byte later costs more than it gains.
    private struct Search {
        let good: Int32
        let lazy: Int32 = 4
        let nice: Int32
        let chain: Int32

        /// `nil` where zlib's own are right.
        init?(level: Int32) {
            switch level {
            case 5: (good, nice, chain) = (8, 32, 32)
            case 6: (good, nice, chain) = (8, 128, 128)
            case 7: (good, nice, chain) = (8, 128, 256)
            case 8: (good, nice, chain) = (32, 258, 1024)
            case 9: (good, nice, chain) = (32, 258, 4096)
            default: return nil
            }
        }
    }
}

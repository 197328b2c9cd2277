#if LibDeflate
    internal import CLibdeflate
    internal import CodCore

    /// libdeflate: some three times as fast as zlib. It knows whole entries alone. There with the package trait `LibDeflate`, and the default
    /// then.
    public final class LibdeflateCompressor: Compressor {
        /// Entries are not cut.
        public var blockByteCount: Int { .max }
        /// It packs whole entries alone.
        public var packsParts: Bool { false }

        private let compressor: OpaquePointer

        /// A compressor of a level from 1 (fast) to 9 (small). Throws when there is no memory for it.
        public init(level: Int) throws {
            guard let compressor = libdeflate_alloc_compressor(CInt(min(max(level, 1), 9))) else {
                throw CodError(
                    .writeFailed, "libdeflate cannot be started.", recovery: "There may be no memory left.", reach: .job)
            }
            self.compressor = compressor
        }

        deinit {
            libdeflate_free_compressor(compressor)
        }

        /// Packs a whole entry; throws for a block of one.
        public func pack(
            _ block: RawSpan, after dictionary: RawSpan, isLast: Bool, into output: inout OutputRawSpan
        ) throws -> Bool {
            guard dictionary.isEmpty, isLast else {
                throw CodError(.writeFailed, "libdeflate packs whole entries alone.", reach: .study)
            }
            // The block is lent for as long as this call runs, and libdeflate keeps nothing of it.
            let input = block.withUnsafeBytes { $0 }
            return output.withUnsafeMutableBytes { memory, count in
                let room = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
                let added = libdeflate_deflate_compress(compressor, input.baseAddress, input.count, room.baseAddress, room.count)
                count += added
                return added > 0
            }
        }
    }
#endif

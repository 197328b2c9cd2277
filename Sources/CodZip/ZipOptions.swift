/// How studies are zipped.
public struct ZipOptions: Sendable {
    /// How hard deflate tries: 1 (fast, the default) to 9 (small), 0 to store everything as it is. On noisy CT level 6 takes three to
    /// four times as long as level 1 and saves 7 % of the bytes.
    public var level = 1 {
        didSet { level = min(max(level, 0), 9) }
    }
    /// The time that entries have; `nil`, the default: when the zip was begun. With a time given, the same study gives the same bytes.
    public var timestamp: ZipTime?
    /// Whether a study of which something failed is zipped all the same, with a report inside that names what is missing.
    public var allowsPartial = false
    /// How many blocks are packed at a time, each with some 3 MiB of memory. Default: one a core, 16 at most.
    public var concurrency: Int

    /// What packs: makes a compressor of a level from 1 to 9. Default: ``ZlibCompressor``; with the package trait `LibDeflate` it is
    /// `LibdeflateCompressor`.
    public var makeCompressor: @Sendable (_ level: Int) throws -> any Compressor = {
        #if LibDeflate
            try LibdeflateCompressor(level: $0)
        #else
            try ZlibCompressor(level: $0)
        #endif
    }

    /// The defaults.
    public init() {
        concurrency = min(max(availableCoreCount(), 1), 16)
    }
}

import CodCore

/// Makes an entry of bytes that are there as a whole, or a part of one of a part of them. Used by one thread at a time.
struct EntryPacker {
    /// An entry's bytes, ready to be written.
    struct Packed: Sendable {
        var entry: ZipEntry
        let content: Content

        /// The crc32c of what is written.
        var checksum: CRC32C {
            // What is stored has that of what it holds.
            if entry.method == .stored, let checksum = entry.checksum { return checksum }
            var running = RunningCRC32C()
            withBytes { running.update($0) }
            return running.checksum
        }

        /// Lends what is to be written.
        func withBytes<Failure: Error>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
            switch content {
            case .packed(let bytes): try body(bytes.span.bytes)
            case .stored(let chunk): try chunk.withBytes(body)
            }
        }
    }

    enum Content: Sendable {
        case packed([UInt8])
        case stored(ByteChunk)
    }

    /// A part of an entry, packed.
    struct Part: Sendable {
        let bytes: [UInt8]
        /// Of what it unpacks to.
        let sums: EntrySums
    }

    private let options: ZipOptions
    // Made when the first bytes are to be packed: nothing that is stored needs them.
    private var compressor: (any Compressor)?
    private var partCompressor: (any Compressor)?
    private var output = PackedOutput(byteCount: 0)

    init(_ options: ZipOptions) {
        self.options = options
    }

    /// A whole entry. What does not shrink is stored.
    ///
    /// - Parameter checksum: the crc32c of the bytes, where it was computed before; it takes a third of the time of what is stored.
    mutating func pack(_ bytes: ByteChunk, named name: String, modified: ZipTime, checksum: CRC32C? = nil) throws -> Packed {
        let byteCount = Int64(bytes.count)
        var entry = ZipEntry(
            name: name, method: .stored, byteCount: byteCount, packedByteCount: byteCount, crc32: CRC32(), checksum: checksum,
            modified: modified)
        bytes.withBytes { bytes in
            if checksum == nil {
                let sums = EntrySums(of: bytes)
                (entry.crc32, entry.checksum) = (sums.crc32, sums.checksum)
            } else {
                entry.crc32.update(bytes)
            }
        }
        guard let packed = try bytes.withBytes({ bytes throws in try shrink(bytes) ? output.array : nil }) else {
            return Packed(entry: entry, content: .stored(bytes))
        }
        entry.method = .deflated
        entry.packedByteCount = Int64(packed.count)
        return Packed(entry: entry, content: .packed(packed))
    }

    /// Packs all bytes of an entry, where that makes them fewer; answers whether it does. ``withPacked(_:)`` lends the result.
    mutating func shrink(_ bytes: RawSpan) throws -> Bool {
        guard try isWorthwhile(bytes) else { return false }
        return try deflate(bytes, from: 0, isLast: true, by: wholeCompressor(), mostByteCount: bytes.byteCount - 1)
    }

    /// Lends what was packed last.
    func withPacked<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try output.withBytes(body)
    }

    /// The bytes from `offset` on as a part of a deflate stream; those in front of it are the dictionary.
    mutating func part(_ bytes: RawSpan, from offset: Int, isLast: Bool) throws -> Part {
        let sums = EntrySums(of: bytes.extracting(droppingFirst: offset))
        // More than zlib makes of noise.
        let mostByteCount = Int(sums.byteCount) + Int(sums.byteCount) / 16 + 1024
        guard
            try deflate(bytes, from: offset, isLast: isLast, by: compressorOfParts(), mostByteCount: mostByteCount)
        else {
            throw CodError(
                .writeFailed, "\(sums.byteCount) bytes could not be packed to less than \(mostByteCount).", reach: .study)
        }
        return Part(bytes: output.array, sums: sums)
    }

    /// Packs the bytes from `offset` on. Answers whether they became no more than so many.
    private mutating func deflate(
        _ bytes: RawSpan, from offset: Int, isLast: Bool, by compressor: any Compressor, mostByteCount: Int
    ) throws -> Bool {
        if output.capacity < mostByteCount { output = PackedOutput(byteCount: mostByteCount) }
        return try output.fill(upTo: mostByteCount, with: bytes, from: offset, isLast: isLast, by: compressor)
    }

    private mutating func wholeCompressor() throws -> any Compressor {
        if let compressor { return compressor }
        let made = try options.makeCompressor(options.level)
        compressor = made
        return made
    }

    private mutating func compressorOfParts() throws -> any Compressor {
        let whole = try wholeCompressor()
        if whole.packsParts { return whole }
        if let partCompressor { return partCompressor }
        let made = try ZlibCompressor(level: options.level)
        partCompressor = made
        return made
    }
}

extension EntryPacker {
    /// The bytes that are packed on trial.
    private static var trialByteCount: Int { 32 << 10 }
    /// What gains less than one part in so many is not worth the reader's time.
    private static var leastGain: Int { 32 }

    /// Whether an entry that begins so is to be deflated.
    mutating func worthwhile(_ beginning: ByteChunk) throws -> Bool {
        try beginning.withBytes { bytes throws in try isWorthwhile(bytes) }
    }

    /// Whether an entry that begins so, and has the other bytes in its middle, is to be deflated: one part of it is reason enough.
    mutating func worthwhile(_ beginning: ByteChunk, middle: ByteChunk) throws -> Bool {
        if try worthwhile(beginning) { return true }
        if options.level == 0 || isCompressed(beginning) { return false }
        return try middle.withBytes { bytes throws in try shrinks(bytes) }
    }

    private func isCompressed(_ beginning: ByteChunk) -> Bool {
        beginning.withBytes { TransferSyntax(startOf: $0)?.isCompressed == true }
    }

    /// Not where its transfer syntax says that its pixels are compressed, else by what lies in the middle, where the pixels are.
    private mutating func isWorthwhile(_ beginning: RawSpan) throws -> Bool {
        if options.level == 0 || beginning.byteCount == 0 { return false }
        if TransferSyntax(startOf: beginning)?.isCompressed == true { return false }
        return try shrinks(beginning)
    }

    private mutating func shrinks(_ bytes: RawSpan) throws -> Bool {
        switch Outlook(of: bytes) {
        case .random: return false
        case .shrinks: return true
        case .unclear: break
        }
        // Of what is small the trial would be the work itself.
        if bytes.byteCount <= Self.trialByteCount { return true }
        let start = (bytes.byteCount - Self.trialByteCount) / 2
        return try deflate(
            bytes.extracting(start..<start + Self.trialByteCount), from: 0, isLast: true, by: wholeCompressor(),
            mostByteCount: Self.trialByteCount - Self.trialByteCount / Self.leastGain)
    }
}

/// How far deflate looks back.
let dictionaryByteCount = 32 << 10

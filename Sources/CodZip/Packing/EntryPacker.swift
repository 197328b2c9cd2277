import CodCore

/// Makes an entry of bytes that are there as a whole, or a piece of one of a part of them. Used by one thread at a time.
struct EntryPacker {
    /// An entry's bytes, ready to be written one piece behind the other.
    struct Packed: Sendable {
        var entry: ZipEntry
        let pieces: [Piece]
    }

    enum Piece: Sendable {
        case packed([UInt8])
        case stored(ByteChunk)

        var count: Int {
            switch self {
            case .packed(let bytes): bytes.count
            case .stored(let chunk): chunk.count
            }
        }

        func withBytes<Failure: Error>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
            switch self {
            case .packed(let bytes): try body(bytes.span.bytes)
            case .stored(let chunk): try chunk.withBytes(body)
            }
        }
    }

    private let options: ZipOptions
    // Made when the first block is to be packed: nothing that is stored needs it.
    private var compressor: (any Compressor)?

    init(_ options: ZipOptions) {
        self.options = options
    }

    /// A whole entry. What does not shrink is stored.
    mutating func pack(_ bytes: ByteChunk, named name: String, modified: ZipTime) throws -> Packed {
        var crc32 = CRC32()
        bytes.withBytes { crc32.update($0) }
        var entry = ZipEntry(
            name: name, method: .stored, byteCount: Int64(bytes.count), packedByteCount: Int64(bytes.count), crc32: crc32,
            modified: modified)
        guard try worthwhile(bytes) else { return Packed(entry: entry, pieces: [.stored(bytes)]) }
        let pieces = try deflate(bytes, from: 0, isLast: true)
        let packedByteCount = pieces.reduce(0) { $0 + $1.count }
        guard packedByteCount < bytes.count else { return Packed(entry: entry, pieces: [.stored(bytes)]) }
        entry.method = .deflated
        entry.packedByteCount = Int64(packedByteCount)
        return Packed(entry: entry, pieces: pieces.map(Piece.packed))
    }

    /// Whether an entry that begins so is to be deflated: not where its transfer syntax says that its pixels are compressed, else by
    /// a trial of what lies in the middle of it, where the pixels are.
    mutating func worthwhile(_ beginning: ByteChunk) throws -> Bool {
        if options.level == 0 || beginning.count == 0 { return false }
        let isCompressed = beginning.withBytes { TransferSyntax(startOf: $0)?.isCompressed }
        if isCompressed == true { return false }
        let trialByteCount = min(beginning.count, ProbedBytes.count)
        // Of what is small the trial would be the work itself.
        if trialByteCount == beginning.count { return true }
        let start = (beginning.count - trialByteCount) / 2
        let packed = try beginning.withBytes { bytes throws in
            try makeCompressor().pack(
                bytes.extracting(start..<start + trialByteCount), after: RawSpan(), isLast: true)
        }
        return packed.count < trialByteCount - trialByteCount / ProbedBytes.leastGain
    }

    /// The bytes from `offset` on as pieces of a deflate stream; those in front of it are the dictionary.
    mutating func deflate(_ bytes: ByteChunk, from offset: Int, isLast: Bool) throws -> [[UInt8]] {
        let compressor = try makeCompressor()
        return try bytes.withBytes { bytes throws in
            var pieces: [[UInt8]] = []
            var start = offset
            while start < bytes.byteCount {
                let end = min(start + compressor.blockByteCount, bytes.byteCount)
                pieces.append(
                    try compressor.pack(
                        bytes.extracting(start..<end), after: bytes.extracting(max(start - dictionaryByteCount, 0)..<start),
                        isLast: isLast && end == bytes.byteCount))
                start = end
            }
            return pieces
        }
    }

    private mutating func makeCompressor() throws -> any Compressor {
        if let compressor { return compressor }
        let made = try options.makeCompressor(options.level)
        compressor = made
        return made
    }
}

/// How far deflate looks back.
let dictionaryByteCount = 32 << 10

/// The bytes that are packed on trial.
private enum ProbedBytes {
    static let count = 32 << 10
    /// What gains less than one part in so many is not worth the reader's time.
    static let leastGain = 32
}

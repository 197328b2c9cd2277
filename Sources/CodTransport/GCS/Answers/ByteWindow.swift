import CodCore

/// Cuts the bytes that were asked for out of a body that may begin earlier and end later.
struct ByteWindow {
    private var skippedByteCount: Int64
    /// How many bytes are still to come; `nil` where that is not known.
    private(set) var remainingByteCount: Int64?

    init(skippedByteCount: Int64, byteCount: Int64?) {
        self.skippedByteCount = skippedByteCount
        remainingByteCount = byteCount
    }

    /// Whether all that was asked for has come.
    var isFull: Bool { remainingByteCount == 0 }

    /// The part of a chunk that was asked for; it may be empty.
    mutating func cut(_ chunk: ByteChunk) -> ByteChunk {
        var chunk = chunk
        let skipped = min(skippedByteCount, Int64(chunk.count))
        skippedByteCount -= skipped
        chunk.dropFirst(Int(skipped))
        guard let remaining = remainingByteCount else { return chunk }
        let taken = chunk.takeFirst(Int(min(remaining, Int64(chunk.count)))) ?? chunk
        remainingByteCount = remaining - Int64(taken.count)
        return taken
    }
}

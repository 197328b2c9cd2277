/// What deflate would make of bytes, as far as a look at them tells, which takes a hundredth of the time that packing does. Pure.
enum Outlook: Equatable {
    /// They cannot be made fewer by a 32nd: their values are all about as frequent, and nothing in them comes twice.
    case random
    /// They can: some values are much more frequent than others.
    case shrinks
    /// Only a trial tells.
    case unclear

    /// Of fewer nothing can be told.
    static let leastByteCount = 1 << 10
    /// Of more there is no need.
    static let greatestByteCount = 8 << 10

    /// Looks at the middle of the bytes, an eighth of them, or 2 KiB where that is no more than half of them: an instance begins with
    /// names and numbers, which shrink whatever its pixels are.
    init(of bytes: RawSpan) {
        let count = min(max(bytes.byteCount / 8, 2 << 10), bytes.byteCount / 2, Self.greatestByteCount)
        guard count >= Self.leastByteCount else {
            self = .unclear
            return
        }
        let start = (bytes.byteCount - count) / 2
        self = bytes.extracting(start..<start + count).withUnsafeBytes { Self.outlook(of: $0) }
    }

    private static func outlook(of bytes: UnsafeRawBufferPointer) -> Outlook {
        let pairCount = bytes.count * (bytes.count - 1)
        let equalCount = equalPairCount(in: bytes)
        // With p for the chance that two bytes are equal, the entropy is at least -log2(p): at 1.1 times the chance of noise (1/256) codes of
        // single bytes save less than 2 %. It is at most 7.65 bits at four times that chance, wherever it comes from.
        if equalCount * 256 >= pairCount * 4 { return .shrinks }
        if equalCount * 2560 > pairCount * 11 { return .unclear }
        return repeatCount(in: bytes) < bytes.count / 128 ? .random : .unclear
    }

    /// How many ordered pairs of bytes are equal.
    private static func equalPairCount(in bytes: UnsafeRawBufferPointer) -> Int {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { counts in
            counts.initialize(repeating: 0)
            for byte in bytes { counts[Int(byte)] &+= 1 }
            return counts.reduce(0) { $0 + Int($1) * (Int($1) - 1) }
        }
    }

    /// How many runs of four bytes were there before, as far as a small table remembers.
    private static func repeatCount(in bytes: UnsafeRawBufferPointer) -> Int {
        let bitCount: UInt32 = 12
        return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 1 << bitCount) { lasts in
            lasts.initialize(repeating: 0)
            var repeatCount = 0
            for position in 0..<bytes.count - 3 {
                let run = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                let slot = Int((run &* 2_654_435_761) >> (32 - bitCount))
                let last = Int(lasts[slot])
                if last < position, bytes.loadUnaligned(fromByteOffset: last, as: UInt32.self) == run { repeatCount += 1 }
                lasts[slot] = UInt16(position)
            }
            return repeatCount
        }
    }
}

/// Divides a row of things that have weights into neighbouring shares of about the same weight. Pure.
///
/// A thing belongs to the share that its middle lies in: no share has more than the mean and the heaviest thing, and each is the same
/// whoever asks.
struct EvenShares {
    /// The weight of all things together.
    let total: UInt128
    /// How many shares.
    let count: Int

    init(total: some BinaryInteger, count: Int) {
        self.total = UInt128(clamping: total)
        self.count = max(count, 1)
    }

    /// Which share a thing is in, before which so much weight lies.
    func index(from start: some BinaryInteger, byteCount: some BinaryInteger) -> Int {
        if total == 0 { return 0 }
        let middle = UInt128(clamping: start) * 2 + UInt128(clamping: byteCount)
        return min(Int(clamping: middle * UInt128(count) / (total * 2)), count - 1)
    }
}

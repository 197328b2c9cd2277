/// Tells a server that sends too little from a reader that is slow to ask. A state machine: bytes, and the ticks of a clock, go in.
///
/// Only ticks at which somebody waits for bytes are counted, for the reason that ``Silence`` gives.
struct Slowness {
    private let minimumByteCount: Int64
    private let tickCount: Int
    private var isMeasuring = false
    private var byteCount: Int64 = 0
    /// `nil` until the first tick: the time before it is no whole one.
    private var awaitedTickCount: Int?

    /// `minimumByteCount`: how many bytes have to come within `tickCount` ticks.
    init(minimumByteCount: Int64, tickCount: Int) {
        self.minimumByteCount = minimumByteCount
        self.tickCount = tickCount
    }

    /// A body begins.
    mutating func began() {
        isMeasuring = true
        awaitedTickCount = nil
    }

    /// The body is over.
    mutating func ended() { isMeasuring = false }

    /// Bytes of the body came.
    mutating func received(_ count: Int) { byteCount += Int64(count) }

    /// Counts a tick; answers how many bytes came in all of the measured time when these are too few.
    mutating func ticked(isAwaited: Bool) -> Int64? {
        guard isMeasuring, isAwaited else { return nil }
        let count = awaitedTickCount.map { $0 + 1 }
        if let count, count < tickCount {
            awaitedTickCount = count
            return nil
        }
        // The next measure begins where this one ends.
        defer { (awaitedTickCount, byteCount) = (0, 0) }
        return count != nil && byteCount < minimumByteCount ? byteCount : nil
    }
}

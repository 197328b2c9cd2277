/// When bytes may be passed on so that no more than so many come in a second. A state machine: counts of bytes and the time go in,
/// pauses come out.
///
/// Whoever asks is put behind those who asked before, so all that share it get their turn. What was not used is made up for by
/// ``credit`` at most: after a pause of the process, or of the store, nothing bursts.
struct ByteRate {
    /// How much time that passed unused may be made up for: more than a wait is ever late.
    static let credit: Duration = .milliseconds(100)
    /// Shorter waits are not worth a sleep; they are added to the next.
    static let shortestWait: Duration = .milliseconds(2)

    let bytesPerSecond: Int64
    /// When the last of what was passed on would have come at the given rate.
    private var end: Duration?

    /// At least one byte a second.
    init(bytesPerSecond: Int64) {
        self.bytesPerSecond = max(bytesPerSecond, 1)
    }

    /// How long bytes that have come are to be held back.
    mutating func delay(of byteCount: Int, now: Duration) -> Duration {
        let start = max(end ?? now, now - Self.credit)
        let end = start + .seconds(Double(byteCount) / Double(bytesPerSecond))
        self.end = end
        return end - now < Self.shortestWait ? .zero : end - now
    }
}

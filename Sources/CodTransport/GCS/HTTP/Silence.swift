/// Tells a server that sends nothing from a reader that is slow to ask. A state machine: what a connection does, and the ticks of
/// a clock, go in.
///
/// Ticks are counted and not time, because a write to a slow disk may hold up the thread of the connection: however long it
/// takes, it is one tick late, and what has arrived meanwhile is seen before the next.
struct Silence {
    /// Into how many ticks the allowed time is divided.
    let tickCount: Int

    /// Whether somebody waits for the next bytes.
    private(set) var isAwaited = true
    /// Whether anything has happened since the last tick, so that the next one counts for less than a whole interval.
    private var hasMoved = false
    private var quietTickCount = 0

    init(tickCount: Int = 4) {
        self.tickCount = tickCount
    }

    /// A request was sent: the count begins.
    mutating func sent() {
        hasMoved = true
        quietTickCount = 0
    }

    /// More bytes are asked for.
    mutating func asked() {
        if !isAwaited { hasMoved = true }
        isAwaited = true
    }

    /// What was asked for has been read.
    mutating func answered() { isAwaited = false }

    /// Bytes came.
    mutating func received() { hasMoved = true }

    /// Counts a tick; answers whether the silence has lasted for all of the allowed time, and up to a tick more.
    mutating func ticked() -> Bool {
        quietTickCount = isAwaited && !hasMoved ? quietTickCount + 1 : 0
        hasMoved = false
        return quietTickCount >= tickCount
    }
}

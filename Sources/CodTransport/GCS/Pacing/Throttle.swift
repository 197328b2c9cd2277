/// How many requests may be under way at a time: halved when the store asks for less, given back one by one. A state machine: who
/// was told to slow down, and when, goes in.
struct Throttle {
    /// One more request may be under way after each such time in which nobody was told to slow down.
    static let recoveryInterval: Duration = .seconds(30)

    private let ceiling: Int
    /// How many requests a busy job has under way; the first halving starts from there, and not from a ceiling that nobody reaches.
    private let usualCount: Int
    private var limit: Int
    /// When the limit last changed, or somebody was told to slow down.
    private var lastChange: Duration = .zero
    /// Requests with lower numbers began before the last halving: what they hear says nothing of it.
    private var firstNumberSinceHalving = 0

    init(ceiling: Int, usualCount: Int) {
        self.ceiling = max(ceiling, 1)
        self.usualCount = min(max(usualCount, 1), self.ceiling)
        limit = self.ceiling
    }

    /// How many requests may be under way now.
    mutating func limit(at now: Duration) -> Int {
        guard limit < ceiling, now > lastChange else { return limit }
        let steps = Int(min((now - lastChange) / Self.recoveryInterval, Double(ceiling - limit)))
        limit += steps
        lastChange += Self.recoveryInterval * steps
        return limit
    }

    /// How long until one more may be under way by itself; `nil` when there may be as many as ever.
    func nextRise(after now: Duration) -> Duration? {
        limit < ceiling ? max(lastChange + Self.recoveryInterval - now, .zero) : nil
    }

    /// A request was told to slow down. Answers the new limit when that halved it.
    ///
    /// `underWayCount` includes the request; `nextNumber` is the number of the next request to begin.
    mutating func slowDown(_ number: Int, underWayCount: Int, nextNumber: Int, now: Duration) -> Int? {
        let current = limit(at: now)
        lastChange = now
        guard number >= firstNumberSinceHalving else { return nil }
        firstNumberSinceHalving = nextNumber
        limit = max(min(current, max(underWayCount, usualCount)) / 2, 1)
        return limit < current ? limit : nil
    }
}

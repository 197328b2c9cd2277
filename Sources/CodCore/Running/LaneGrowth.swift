/// How many lanes are in use, by what they bring: a few at first, twice as many as long as those bring more, back to fewer when they do
/// not, half when the store asks for less; looked at again from time to time. A state machine: what has arrived, and when, goes in.
///
/// It counts the bytes of all lanes together, so many short archives weigh what one long one does. Lanes are never taken from what is
/// under way: fewer are in use as portions end. A count that brings no more is given up after ``patience`` only, because connections
/// far away bring nothing at first.
struct LaneGrowth {
    static let initialCount = 4
    /// How long bytes are counted before the count is judged; and how often it is looked whether any have come, before they do.
    private static let judgingWindow: Duration = .milliseconds(125)
    private static let firstWindow: Duration = .milliseconds(25)
    /// Twice the lanes are worth it when they bring so much more, in two windows one after the other.
    static let leastGain = 1.1
    static let patience: Duration = .seconds(2)
    /// Before the first byte there is nothing but waiting, and lanes that wait cost little: twice as many after each such time.
    static let quietTime: Duration = .seconds(1)
    /// How long until it is looked again whether more lanes bring more, at first; twice as long after each time that they did not.
    static let shortestPause: Duration = .seconds(5)
    static let longestPause: Duration = .seconds(60)
    /// How long nothing is tried after the store asked for less, and how long what it says of requests under way is the same word.
    static let restAfterSlowDown: Duration = .seconds(10)
    static let slowDownTime: Duration = .seconds(1)

    private enum Phase {
        /// Nothing has arrived since lanes were added.
        case beginning(since: Duration)
        /// There are twice as many lanes as brought `rate`.
        case judging(count: Int, rate: Double, since: Duration, goodWindowCount: Int)
        /// It stays as it is; where it was `rate` that the lanes brought, until they bring much less or more.
        case holding(until: Duration, rate: Double?)
    }

    /// How many lanes are in use at most; at least 1.
    private(set) var count: Int
    private let ceiling: Int
    private var phase: Phase
    private var pause = shortestPause
    private var start: Duration
    private var startTraffic = Traffic()
    private var knownSlowDownCount = 0
    private var lastSlowDown: Duration?
    /// Bytes a second in the windows before, in which as many lanes were in use; the last in front. What ends at the same time on many
    /// lanes makes one window poor and the next rich.
    private var lastRates: [Double] = []
    private static let rememberedWindowCount = 8

    init(ceiling: Int, now: Duration) {
        self.ceiling = max(ceiling, 1)
        count = min(Self.initialCount, self.ceiling)
        start = now
        phase = .beginning(since: now)
    }

    /// How long until what has arrived is to be measured again.
    var window: Duration {
        if case .beginning = phase { return Self.firstWindow }
        return Self.judgingWindow
    }

    /// Whether what arrives in the next window may change anything.
    var wantsMeasurement: Bool {
        if count < ceiling { return true }
        if case .judging = phase { return true }
        return false
    }

    /// Takes what has arrived since the beginning.
    ///
    /// - Parameters:
    ///   - usedCount: how many lanes are in use.
    ///   - limit: how many may be, for other reasons.
    ///   - isWorkWaiting: whether there is more to do than lanes in use.
    mutating func measured(_ traffic: Traffic, usedCount: Int, limit: Int, isWorkWaiting: Bool, now: Duration) {
        if traffic.slowDownCount > knownSlowDownCount {
            knownSlowDownCount = traffic.slowDownCount
            slowDown(usedCount: usedCount, now: now)
            begin(at: now, traffic)
            lastRates = []
        }
        guard now - start >= window else { return }
        let byteCount = traffic.byteCount - startTraffic.byteCount
        let rate = Double(byteCount) / ((now - start) / .seconds(1))
        begin(at: now, traffic)
        // Lanes without work, and those that are to be given up, say nothing of the count; nor does a link that is down.
        let isInUse = isWorkWaiting && usedCount <= count && count <= limit
        guard isInUse, byteCount > 0 else {
            lastRates = []
            if isInUse, case .beginning(let since) = phase, traffic.byteCount == 0, now - since >= Self.quietTime {
                count = min(count * 2, ceiling)
                phase = .beginning(since: now)
            }
            return
        }
        let usedCount = count
        lastRates.insert(rate, at: 0)
        if lastRates.count > Self.rememberedWindowCount { lastRates.removeLast() }
        judge(rate, totalByteCount: traffic.byteCount, now: now)
        if count != usedCount { lastRates = [] }
    }

    private mutating func begin(at now: Duration, _ traffic: Traffic) {
        start = now
        startTraffic = traffic
    }

    private mutating func judge(_ rate: Double, totalByteCount: Int64, now: Duration) {
        switch phase {
        case .beginning(let since):
            // The time of waiting counts: a first window is full of what all lanes waited for together.
            grow(from: Double(totalByteCount) / ((now - since) / .seconds(1)), now: now)
        case .judging(let fewer, let fewerRate, let since, let goodWindowCount):
            if rate < fewerRate * Self.leastGain {
                guard now - since >= Self.patience else {
                    phase = .judging(count: fewer, rate: fewerRate, since: since, goodWindowCount: 0)
                    return
                }
                count = fewer
                hold(for: pause, fewerRate, now: now)
                pause = min(pause * 2, Self.longestPause)
            } else if goodWindowCount == 0 {
                phase = .judging(count: fewer, rate: fewerRate, since: since, goodWindowCount: 1)
            } else {
                pause = Self.shortestPause
                grow(from: mean(of: lastRates.prefix(2)), now: now)
            }
        case .holding(let end, let usualRate):
            if now >= end {
                grow(from: mean(of: lastRates[...]), now: now)
            } else if let usualRate, lastRates.count == Self.rememberedWindowCount,
                isOther(mean(of: lastRates[...]), than: usualRate)
            {
                // Another link, or others on it: what was found out holds no more.
                pause = Self.shortestPause
                hold(for: min(end - now, pause), mean(of: lastRates[...]), now: now)
            }
        }
    }

    private func mean(of rates: ArraySlice<Double>) -> Double { rates.reduce(0, +) / Double(max(rates.count, 1)) }

    private func isOther(_ rate: Double, than usual: Double) -> Bool { rate < usual * 0.75 || rate > usual * 1.25 }

    private mutating func grow(from rate: Double, now: Duration) {
        guard count < ceiling else {
            hold(for: pause, nil, now: now)
            return
        }
        phase = .judging(count: count, rate: rate, since: now, goodWindowCount: 0)
        count = min(count * 2, ceiling)
    }

    private mutating func hold(for pause: Duration, _ rate: Double?, now: Duration) {
        phase = .holding(until: now + pause, rate: rate)
    }

    private mutating func slowDown(usedCount: Int, now: Duration) {
        // Requests that were under way with those that were told first say nothing of the count as it is now.
        if let lastSlowDown, now - lastSlowDown < Self.slowDownTime { return }
        lastSlowDown = now
        count = max(min(count, usedCount) / 2, 1)
        hold(for: max(pause, Self.restAfterSlowDown), nil, now: now)
    }
}

/// Stops asking a store that fails whatever it is asked for, and looks from time to time whether it works again: a circuit breaker.
/// A state machine: what requests come to, and when, goes in.
struct Breaker {
    /// So many failures in a row, of so many objects, bar the way for so long.
    static let failureCount = 20
    static let objectCount = 5
    static let pause: Duration = .seconds(60)

    enum Admission: Equatable {
        case free
        /// A request that begins now decides for all.
        case probe
        /// Nothing may begin for so long; `nil`: until the probe has come to something.
        case barred(Duration?)
        /// It has gone on for too long to wait for.
        case hopeless
    }

    enum Change: Equatable {
        case barred
        case freed
    }

    private enum Way {
        case free
        case barred(until: Duration)
        case probed(by: Int)
    }

    private let patience: Duration
    private let isEnabled: Bool
    private var way = Way.free
    private var failureCount = 0
    private var failedObjects: Set<String> = []
    /// When the failures in a row began.
    private var start: Duration = .zero
    private var hasProbedStale = false

    /// `patience`: how long the failures in a row may go on before waiting has no use. One that is not enabled never bars the way.
    init(patience: Duration, isEnabled: Bool = true) {
        self.patience = patience
        self.isEnabled = isEnabled
    }

    func admission(at now: Duration) -> Admission {
        switch way {
        case .free: .free
        case .probed: .barred(nil)
        case .barred(let end) where now >= end: .probe
        case .barred(let end): now - start >= patience ? .hopeless : .barred(end - now)
        }
    }

    /// The request that ``Admission/probe`` let through has begun.
    mutating func probes(_ number: Int) { way = .probed(by: number) }

    /// The store does what it should.
    mutating func succeeded() -> Change? {
        failureCount = 0
        failedObjects = []
        hasProbedStale = false
        if case .free = way { return nil }
        way = .free
        return .freed
    }

    /// A request failed. One on a connection that had gone stale counts from the second of its object on: it says nothing of the
    /// store that the first is tried again at once.
    mutating func failed(_ number: Int, about object: String, isStale: Bool, now: Duration) -> Change? {
        switch way {
        case .barred: return nil
        case .probed(let probe):
            guard number == probe else { return nil }
            let isUndecided = isStale && !hasProbedStale
            hasProbedStale = isUndecided
            way = .barred(until: isUndecided ? now : now + Self.pause)
            return nil
        case .free:
            guard isEnabled else { return nil }
            // The set holds no more than the objects that failed since the last success.
            let isFirst = failedObjects.insert(object).inserted
            if isStale && isFirst { return nil }
            if failureCount == 0 { start = now }
            failureCount += 1
            guard failureCount >= Self.failureCount, failedObjects.count >= Self.objectCount else { return nil }
            way = .barred(until: now + Self.pause)
            return .barred
        }
    }

    /// A request was given up before it came to anything.
    mutating func abandoned(_ number: Int, now: Duration) {
        if case .probed(number) = way { way = .barred(until: now) }
    }
}

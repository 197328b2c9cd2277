/// When requests to a bucket begin: no more at a time than the store bears, none while it fails whatever it is asked for. A state
/// machine: what requests come to, and when, goes in; who may begin comes out.
struct Pace {
    enum Admission: Equatable {
        /// Begin now, with this number.
        case begin(Int)
        /// Ask again after so long, or after some request has come to something; `nil`: only then.
        case wait(Duration?)
        /// The store has failed for so long that waiting has no use.
        case refuse
    }

    /// What there is to tell.
    enum News: Equatable {
        /// The store asked for less: so many requests may be under way from now on.
        case slower(limit: Int)
        /// Nothing is begun for a while.
        case barred
        /// Requests begin again.
        case freed
    }

    private struct Request {
        let object: String
        /// Whether what the request came to is known: nothing that it meets from then on counts.
        var isSettled = false
        var hasReceived = false
    }

    private var throttle: Throttle
    private var breaker: Breaker
    /// The requests under way: no more than the throttle's ceiling.
    private var requests: [Int: Request] = [:]
    private var nextNumber = 0

    init(throttle: Throttle, breaker: Breaker) {
        self.throttle = throttle
        self.breaker = breaker
    }

    var underWayCount: Int { requests.count }

    /// Whether the request that is next may begin.
    mutating func admission(about object: String, now: Duration) -> Admission {
        let limit = throttle.limit(at: now)
        switch breaker.admission(at: now) {
        case .hopeless: return .refuse
        case .barred(let wait): return .wait(wait)
        case .free where requests.count < limit: return .begin(begin(object))
        case .probe where requests.count < limit:
            let number = begin(object)
            breaker.probes(number)
            return .begin(number)
        case .free, .probe: return .wait(throttle.nextRise(after: now))
        }
    }

    private mutating func begin(_ object: String) -> Int {
        defer { nextNumber += 1 }
        requests[nextNumber] = Request(object: object)
        return nextNumber
    }

    /// Bytes of a good answer came.
    mutating func received(_ number: Int) -> News? {
        guard let request = requests[number], !request.isSettled else { return nil }
        requests[number]?.hasReceived = true
        return breaker.succeeded() == nil ? nil : .freed
    }

    /// The answer was complete, or a definite no: either way the store does what it should.
    mutating func answered(_ number: Int) -> News? {
        guard let request = requests[number], !request.isSettled else { return nil }
        requests[number]?.isSettled = true
        return breaker.succeeded() == nil ? nil : .freed
    }

    /// The request failed.
    mutating func failed(_ number: Int, _ setback: Setback, now: Duration) -> News? {
        guard let request = requests[number], !request.isSettled else { return nil }
        requests[number]?.isSettled = true
        var news: News?
        if setback == .throttled {
            let limit = throttle.slowDown(number, underWayCount: requests.count, nextNumber: nextNumber, now: now)
            news = limit.map { .slower(limit: $0) }
        }
        let change = breaker.failed(number, about: request.object, isStale: setback == .stale, now: now)
        return change == .barred ? .barred : news
    }

    /// The request was cancelled.
    mutating func cancelled(_ number: Int, now: Duration) {
        guard let request = requests[number], !request.isSettled else { return }
        requests[number]?.isSettled = true
        breaker.abandoned(number, now: now)
    }

    /// The request is over: another may begin. An answer of which nobody read a byte was of no use.
    mutating func ended(_ number: Int, now: Duration) -> News? {
        guard let request = requests[number] else { return nil }
        let news = request.hasReceived ? nil : failed(number, .failed, now: now)
        requests[number] = nil
        return news
    }
}

import CodCore

/// Which token is used at what time, and when the next one is asked for. Pure: what came, and when, goes in.
struct TokenKeeper {
    enum Decision: Equatable {
        /// It is good for long.
        case use(Secret)
        /// It is good, and the next one is to be asked for beside.
        case useAndRenew(Secret)
        /// There is none that is good: wait for the next one.
        case renew
    }

    /// The next one is asked for so long before the end; of tokens that live shorter in their last quarter.
    static let earlyMargin: Duration = .seconds(300)
    /// With less time left a request might come too late; of tokens that live shorter than four minutes an eighth of it.
    static let lastMargin: Duration = .seconds(30)
    /// After it could not be renewed ahead of its end.
    static let pause: Duration = .seconds(30)

    private(set) var current: Secret?
    /// When it is no longer good.
    private(set) var expiry: Duration?
    private var renewal: Duration?
    private var end: Duration?

    mutating func received(_ token: IssuedToken, at now: Duration) {
        current = token.secret
        expiry = token.lifetime.map { now + $0 }
        renewal = token.lifetime.map { now + $0 - min(Self.earlyMargin, $0 / 4) }
        end = token.lifetime.map { now + $0 - min(Self.lastMargin, $0 / 8) }
    }

    /// It could not be renewed.
    mutating func failed(at now: Duration) {
        if let renewal { self.renewal = max(renewal, now + Self.pause) }
    }

    func decision(at now: Duration) -> Decision {
        guard let current else { return .renew }
        if let end, now >= end { return .renew }
        if let renewal, now >= renewal { return .useAndRenew(current) }
        return .use(current)
    }
}

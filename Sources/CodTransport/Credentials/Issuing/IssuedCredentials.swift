import CodCore
import Logging

/// Tokens of an issuer, kept as long as they are good, and renewed ahead of their end.
///
/// However many requests ask at a time, the issuer is asked once. Time is counted by a clock that nobody sets.
actor IssuedCredentials: Credentials {
    nonisolated let issuer: any TokenIssuer
    private let timing: Timing
    private let logger: Logger
    private var keeper = TokenKeeper()
    private var issuing: Task<Secret, any Error>?

    init(_ issuer: any TokenIssuer, timing: Timing, logger: Logger) {
        (self.issuer, self.timing, self.logger) = (issuer, timing, logger)
    }

    func token() async throws -> Secret? {
        switch keeper.decision(at: timing.now()) {
        case .use(let token): return token
        case .useAndRenew(let token):
            if issuing == nil { _ = renewal() }
            return token
        case .renew: return try await renewal().value
        }
    }

    func replacement(for refused: Secret?) async throws -> Secret? {
        if let current = keeper.current, current != refused { return current }
        let token = try await renewal().value
        return token == refused ? nil : token
    }

    /// For how long the token that is there is good; `nil` where nobody says, or there is none.
    var remainingLifetime: Duration? { keeper.expiry.map { $0 - timing.now() } }

    /// What is under way, or a new one. It goes on when who asked no longer waits: the next one asks for the same.
    private func renewal() -> Task<Secret, any Error> {
        if let issuing { return issuing }
        let task = Task {
            defer { issuing = nil }
            do {
                let token = try await issuer.issue()
                keeper.received(token, at: timing.now())
                return token.secret
            } catch {
                keeper.failed(at: timing.now())
                logger.info("No new token could be had: \(error)")
                throw error
            }
        }
        issuing = task
        return task
    }
}

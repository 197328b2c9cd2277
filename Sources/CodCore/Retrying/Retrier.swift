/// Decides whether and when a request is made again. A state machine: errors, byte counts and times in, pauses out.
package struct Retrier: Sendable {
    /// How many tries there are when the answers make no sense: waiting seldom helps where something alters them.
    package static let maximumSenselessCount = 3
    /// Time alone does not end it before so many failures: most of the time may have gone by waiting for one's turn.
    private static let minimumFailureCount = 3
    /// How many tries there are at a host that cannot be reached and that nobody has reached yet: that is usually the matter of a wrong
    /// address, and users want to know within seconds.
    package static let maximumFirstContactCount = 3

    private let policy: RetryPolicy
    private var failureCount = 0
    /// Those of the failures that are borne by time and not by number.
    private var outageCount = 0
    private var senselessCount = 0
    /// When the failures in a row began.
    private var start: Duration?
    private var hasRetriedStale = false
    private var byteCountSinceFailure: Int64 = 0

    package init(_ policy: RetryPolicy) {
        self.policy = policy
    }

    /// Counts bytes as progress.
    package mutating func received(_ byteCount: Int) {
        byteCountSinceFailure += Int64(byteCount)
        if byteCountSinceFailure >= policy.progressByteCount {
            failureCount = 0
            outageCount = 0
            senselessCount = 0
            start = nil
            hasRetriedStale = false
        }
    }

    /// How long to wait before the next try; throws the error itself when there should be none.
    ///
    /// `jitter` is in `0 ..< 1`; `now` is the time since some fixed moment. `hasContact`: bytes have come in this run, so a host
    /// that cannot be reached is a link that is down: time alone ends that, and such failures are not counted among the others.
    /// `isFirstContact`: nobody has reached the host yet.
    package mutating func failed(
        _ error: any Error, jitter: Double, now: Duration, hasContact: Bool = false, isFirstContact: Bool = false
    ) throws -> Duration {
        byteCountSinceFailure = 0
        guard let error = error as? CodError else { throw error }
        switch error.transience {
        case .final: throw error
        case .stale where !hasRetriedStale:
            hasRetriedStale = true
            return .zero
        case .stale, .transient:
            failureCount += 1
            if error.code == .protocolViolation { senselessCount += 1 }
            let elapsed = now - (start ?? now)
            start = start ?? now
            let isOutage = hasContact && error.code == .unreachable && policy.maximumFailureCount > 1
            if isOutage { outageCount += 1 }
            let isTooOften = !isOutage && failureCount - outageCount >= policy.maximumFailureCount
            let isAddressWrong = isFirstContact && error.code == .unreachable && failureCount >= Self.maximumFirstContactCount
            if isTooOften || isAddressWrong || senselessCount >= Self.maximumSenselessCount {
                throw error.exhausted(after: failureCount)
            }
            if failureCount >= Self.minimumFailureCount, elapsed >= policy.maximumFailureTime {
                throw error.exhausted(after: failureCount, in: elapsed)
            }
            return pause(for: error, jitter: jitter)
        }
    }

    private func pause(for error: CodError, jitter: Double) -> Duration {
        let delay = policy.delay(afterFailures: failureCount, jitter: jitter)
        guard case .transient(let retryAfter?) = error.transience, retryAfter > .zero else { return delay }
        return max(delay, min(retryAfter, policy.maximumRetryAfter) + .seconds(1) * jitter)
    }
}

extension CodError {
    /// The same error, saying that it was tried again in vain.
    fileprivate func exhausted(after failureCount: Int, in elapsed: Duration? = nil) -> CodError {
        var error = self
        let span = elapsed.map { " in \($0.components.seconds) seconds without progress" } ?? ""
        error.message += failureCount > 1 ? " It was tried \(failureCount) times\(span)." : ""
        error.transience = .final
        return error
    }
}

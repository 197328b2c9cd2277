/// Decides whether and when a request is made again. A state machine: errors and byte counts in, pauses out.
package struct Retrier: Sendable {
    private let policy: RetryPolicy
    private var failureCount = 0
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
            hasRetriedStale = false
        }
    }

    /// How long to wait before the next try; throws the error itself when there should be none. `jitter` is in `0 ..< 1`.
    package mutating func failed(_ error: any Error, jitter: Double) throws -> Duration {
        byteCountSinceFailure = 0
        guard let error = error as? CodError else { throw error }
        switch error.transience {
        case .final: throw error
        case .stale where !hasRetriedStale:
            hasRetriedStale = true
            return .zero
        case .stale, .transient:
            failureCount += 1
            if failureCount >= policy.maximumFailureCount { throw error.exhausted(after: failureCount) }
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
    fileprivate func exhausted(after failureCount: Int) -> CodError {
        var error = self
        error.message += failureCount > 1 ? " It was tried \(failureCount) times." : ""
        error.transience = .final
        return error
    }
}

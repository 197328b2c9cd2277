import CodCore

/// Decides whether a listing or a metadata.json is asked for again, with fewer tries at a host that cannot be reached.
///
/// That is usually the matter of a wrong address: users want to know within seconds. Everything else gets the tries of the policy.
struct Attempts {
    /// How many tries there are at a host that cannot be reached.
    static let maximumUnreachableCount = 3

    private var ordinary: Retrier
    private var unreachable: Retrier

    init(_ policy: RetryPolicy) {
        ordinary = Retrier(policy)
        var fewer = policy
        fewer.maximumFailureCount = min(policy.maximumFailureCount, Self.maximumUnreachableCount)
        unreachable = Retrier(fewer)
    }

    /// Counts bytes as progress.
    mutating func received(_ byteCount: Int) {
        ordinary.received(byteCount)
        unreachable.received(byteCount)
    }

    /// How long to wait before the next try; throws the error itself when there should be none. `hasContact`: see ``Retrier``.
    mutating func failed(_ error: any Error, jitter: Double, now: Duration, hasContact: Bool) throws -> Duration {
        switch (error as? CodError)?.code {
        case .unreachable? where hasContact:
            try ordinary.failed(error, jitter: jitter, now: now, hasContact: true)
        case .unreachable?: try unreachable.failed(error, jitter: jitter, now: now)
        default: try ordinary.failed(error, jitter: jitter, now: now)
        }
    }

    /// Does something as often as the policy of these options allows, until it is done. `hasContact`: see ``Retrier``. `tell` hears of what failed, and of the pause
    /// that follows.
    static func untilDone<Result>(
        _ options: GCSOptions, hasContact: @autoclosure () -> Bool = false, _ body: () async throws -> Result,
        tell: (any Error, _ pause: Duration) -> Void
    ) async throws -> Result {
        var attempts = Attempts(options.retry)
        let timing = options.timing
        var excuse = PauseExcuse(pauseCount: timing.pauseCount())
        while true {
            do { return try await body() } catch {
                if excuse.covers(error, pauseCount: timing.pauseCount()) { continue }
                let pause = try attempts.failed(error, jitter: timing.jitter(), now: timing.now(), hasContact: hasContact())
                tell(error, pause)
                try await timing.sleep(pause)
            }
        }
    }
}

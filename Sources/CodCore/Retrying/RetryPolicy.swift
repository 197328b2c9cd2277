/// How often, and after what pause, a broken request is made again.
///
/// Full jitter: the pause is drawn evenly from zero to a bound that doubles with each failure in a row. Progress starts the
/// count anew, so a link that keeps breaking and keeps moving is never given up.
public struct RetryPolicy: Sendable, Hashable {
    /// The bound of the first pause. Default 1 s.
    public var initialDelay: Duration = .seconds(1)
    /// The bound that pauses grow to. Default 32 s.
    public var maximumDelay: Duration = .seconds(32)
    /// The longest that a server's `Retry-After` is obeyed. Default 120 s.
    public var maximumRetryAfter: Duration = .seconds(120)
    /// How many failures in a row without progress end it. Default 10. Once bytes of an archive have come in a run, a host that
    /// cannot be reached is asked again for all of ``maximumFailureTime``, unless this is 1.
    public var maximumFailureCount = 10
    /// How long failures in a row without progress may go on, when there were three at least. Default 15 min.
    public var maximumFailureTime: Duration = .seconds(900)
    /// How many bytes since the last failure count as progress. Default 256 KiB.
    public var progressByteCount: Int64 = 256 << 10

    /// The defaults.
    public init() {}

    /// A policy that never tries again.
    public static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumFailureCount = 1
        return policy
    }

    /// The pause before try number `failureCount + 1`. `jitter` is drawn from `0 ..< 1`.
    public func delay(afterFailures failureCount: Int, jitter: Double) -> Duration {
        var bound = initialDelay
        for _ in 1..<max(failureCount, 1) where bound < maximumDelay { bound *= 2 }
        return min(bound, maximumDelay) * jitter
    }
}

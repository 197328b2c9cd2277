/// Time and chance, as values: whoever needs them is handed them, so a test can hold both still.
public struct Timing: Sendable {
    /// The time since some fixed moment; it never goes back.
    public let now: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void
    /// A number drawn evenly from `0 ..< 1`.
    public let jitter: @Sendable () -> Double
    /// How often the process was stopped, and continued, so far. What breaks in between is not counted as a failure.
    public let pauseCount: @Sendable () -> Int

    /// Time and chance of one's own: a test's, say. `pauseCount` is 0 for ever by default.
    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        jitter: @escaping @Sendable () -> Double, pauseCount: @escaping @Sendable () -> Int = { 0 }
    ) {
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
        self.pauseCount = pauseCount
    }

    /// The machine's own.
    public static let system: Timing = {
        let start = ContinuousClock.now
        return Timing(
            now: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) },
            jitter: { Double.random(in: 0..<1) })
    }()
}

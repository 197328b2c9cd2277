import CodCore
import Synchronization

/// The time of this process without that in which it was stopped (by Ctrl-Z), and how often it was.
///
/// Retries, paces, rates and displays go by it: a pause of an hour is no hour in which nothing came.
final class PauseClock: Sendable {
    static let standard = PauseClock()

    private struct State {
        var pausedTime = Duration.zero
        var pauseCount = 0
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Since it was made, pauses left out.
    var now: Duration { state.withLock { ContinuousClock.now - start - $0.pausedTime } }

    /// All pauses together, as far as their length is known.
    var pausedTime: Duration { state.withLock { $0.pausedTime } }

    /// Stops the process by `body`, which returns when it goes on.
    func pause(_ body: () -> Void) {
        // Whoever asks for the time waits until the pause is counted: it never goes back.
        state.withLock { state in
            let begin = ContinuousClock.now
            body()
            state.pausedTime += ContinuousClock.now - begin
            state.pauseCount += 1
        }
    }

    /// The process goes on, whatever stopped it.
    func continued() { state.withLock { $0.pauseCount += 1 } }

    /// Time and chance for retrievals.
    var timing: Timing {
        Timing(
            now: { self.now }, sleep: { try await Task.sleep(for: $0) }, jitter: { Double.random(in: 0..<1) },
            pauseCount: { self.state.withLock { $0.pauseCount } })
    }
}

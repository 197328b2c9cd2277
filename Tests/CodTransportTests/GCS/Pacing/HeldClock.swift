import CodCore
import Synchronization

/// A time that passes only when a test lets it: whoever sleeps is woken by ``advance(by:)``.
final class HeldClock: Sendable {
    private struct Sleeper {
        let end: Duration
        let wake: AsyncStream<Void>.Continuation
    }

    private struct State {
        var now: Duration = .zero
        var sleepers: [Sleeper] = []
    }

    private let state = Mutex(State())
    /// Yields how long each sleep is to last, when it begins.
    let sleeps: AsyncStream<Duration>
    private let slept: AsyncStream<Duration>.Continuation

    init() {
        (sleeps, slept) = AsyncStream.makeStream()
    }

    var timing: Timing {
        Timing(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                let (wakes, wake) = AsyncStream<Void>.makeStream()
                self.state.withLock { $0.sleepers.append(Sleeper(end: $0.now + duration, wake: wake)) }
                self.slept.yield(duration)
                for await _ in wakes { break }
                try Task.checkCancellation()
            },
            jitter: { 0.5 })
    }

    /// Lets time pass, and wakes whose time has come.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            defer { state.sleepers.removeAll { $0.end <= state.now } }
            return state.sleepers.filter { $0.end <= state.now }
        }
        for sleeper in due { sleeper.wake.yield() }
    }
}

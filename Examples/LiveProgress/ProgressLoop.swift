import CodCore
import Synchronization

/// Keeps a model up to date with a job's events, and shows it now and then: never more often than ``interval``, however many events come.
///
/// The events are taken in as they come, so nothing piles up; the view looks at what has become of them.
struct ProgressLoop: Sendable {
    /// The time between two looks.
    var interval = Duration.milliseconds(200)
    /// What tells the time and waits; a test has its own.
    var timing = Timing.system

    /// Follows events to their end. `show` is called after each interval and, last, when no event follows; never twice at a time.
    ///
    /// Cancelling the task ends it early, with a last look.
    func follow(
        _ events: some AsyncSequence<RetrievalEvent, Never> & Sendable,
        show: @escaping @Sendable (_ model: ProgressModel, _ time: Duration) async -> Void
    ) async {
        let (latest, timing, interval) = (Latest(), timing, interval)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events { latest.take(event, at: timing.now()) }
            }
            group.addTask {
                while (try? await timing.sleep(interval)) != nil { await show(latest.model, timing.now()) }
            }
            // The second one never ends by itself.
            await group.next()
            group.cancelAll()
        }
        await show(latest.model, timing.now())
    }
}

/// The model, shared by who writes it and who looks at it.
private final class Latest: Sendable {
    private let state = Mutex(ProgressModel())

    var model: ProgressModel { state.withLock { $0 } }

    func take(_ event: RetrievalEvent, at time: Duration) { state.withLock { $0.take(event, at: time) } }
}

internal import NIOCore
internal import Synchronization

/// Events on their way to one listener.
///
/// Putting one in never waits, so a slow listener cannot stall the data path. Progress is state: an update of an archive that
/// still waits to be read takes the older one's place. All other events are kept until they are read; what bounds them is the
/// number of instances.
///
/// A listener that waits is not woken for each instance, which would cost more than saving it when it is small: only for
/// ``savesAtATime`` of them, for any other event, or when ``deliver()`` says that they have waited long enough.
final class EventMailbox: Sendable {
    static let savesAtATime = 64

    fileprivate struct State {
        var waiting = CircularBuffer<RetrievalEvent>()
        /// How many events have been taken out: position in `waiting` = number − taken.
        var takenCount = 0
        /// The number of the progress that still waits, for each archive.
        var progress: [String: Int] = [:]
        var listener: CheckedContinuation<RetrievalEvent?, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Puts an event in. After `close` it is dropped.
    func send(_ event: RetrievalEvent) {
        let listener: CheckedContinuation<RetrievalEvent?, Never>? = state.withLock { state in
            if state.isClosed { return nil }
            state.add(event)
            if event.isSave, state.waiting.count < Self.savesAtATime { return nil }
            return state.takeListener()
        }
        wake(listener)
    }

    /// Wakes the listener when anything waits for it. To be called now and then.
    func deliver() {
        wake(state.withLock { $0.waiting.isEmpty ? nil : $0.takeListener() })
    }

    /// Tells that no event follows.
    func close() {
        let listener = state.withLock { state in
            state.isClosed = true
            return state.takeListener()
        }
        wake(listener)
    }

    /// Nobody else takes an event out meanwhile: there is one listener, and it waits.
    private func wake(_ listener: CheckedContinuation<RetrievalEvent?, Never>?) {
        guard let listener else { return }
        listener.resume(returning: state.withLock { $0.take() })
    }

    /// The next event, when there is one; `nil` when there will be none, or the task is cancelled. One listener at a time.
    func next() async -> RetrievalEvent? {
        if let event = state.withLock({ $0.take() }) { return event }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: RetrievalEvent?? = state.withLock { state in
                    if let event = state.take() { return .some(event) }
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    state.listener = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let listener = state.withLock { $0.takeListener() }
            listener?.resume(returning: nil)
        }
    }
}

extension EventMailbox.State {
    fileprivate mutating func add(_ event: RetrievalEvent) {
        if case .progress(var new) = event {
            if let number = progress[new.url], case .progress(let old) = waiting[offset: number - takenCount] {
                new.bytesDownloaded += old.bytesDownloaded
                waiting[offset: number - takenCount] = .progress(new)
                return
            }
            progress[new.url] = takenCount + waiting.count
        }
        waiting.append(event)
    }

    fileprivate mutating func takeListener() -> CheckedContinuation<RetrievalEvent?, Never>? {
        defer { listener = nil }
        return listener
    }

    fileprivate mutating func take() -> RetrievalEvent? {
        guard let event = waiting.popFirst() else { return nil }
        if case .progress(let taken) = event, progress[taken.url] == takenCount { progress[taken.url] = nil }
        takenCount += 1
        return event
    }
}

extension RetrievalEvent {
    fileprivate var isSave: Bool {
        if case .save = self { true } else { false }
    }
}

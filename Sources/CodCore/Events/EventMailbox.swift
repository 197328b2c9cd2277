internal import NIOCore
internal import Synchronization

/// Events on their way to one listener.
///
/// Putting one in never waits, so a slow listener cannot stall the data path. Progress is state: an update of an archive that
/// still waits to be read takes the older one's place. All other events are kept until they are read; what bounds them is the
/// number of instances.
final class EventMailbox: Sendable {
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
            if let listener = state.listener {
                state.listener = nil
                return listener
            }
            state.add(event)
            return nil
        }
        listener?.resume(returning: event)
    }

    /// Tells that no event follows.
    func close() {
        let listener = state.withLock { state in
            state.isClosed = true
            defer { state.listener = nil }
            return state.listener
        }
        listener?.resume(returning: nil)
    }

    /// The next event, when there is one; `nil` when there will be none, or the task is cancelled. One listener at a time.
    func next() async -> RetrievalEvent? {
        await withTaskCancellationHandler {
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
            let listener = state.withLock { state in
                defer { state.listener = nil }
                return state.listener
            }
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

    fileprivate mutating func take() -> RetrievalEvent? {
        guard let event = waiting.popFirst() else { return nil }
        if case .progress(let taken) = event, progress[taken.url] == takenCount { progress[taken.url] = nil }
        takenCount += 1
        return event
    }
}

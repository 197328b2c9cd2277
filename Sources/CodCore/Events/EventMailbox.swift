/// Events on their way to one listener.
///
/// Putting one in never waits, so a slow listener cannot stall the data path. Progress is state: an update of an archive that
/// still waits to be read takes the older one's place. All other events are kept until they are read; what bounds them is the
/// number of instances.
///
/// A listener takes all that waits at once. While it waits itself it is not woken for each instance, which would cost more than saving
/// a small one does: only for ``savesAtATime`` of them, for any other event, or when ``deliver()`` says that they have waited long enough.
final class EventMailbox: Sendable {
    static let savesAtATime = 64

    fileprivate typealias Listener = CheckedContinuation<[RetrievalEvent], Never>

    fileprivate struct State {
        var waiting: [RetrievalEvent] = []
        /// Where in `waiting` the progress of an archive stands.
        var progress: [String: Int] = [:]
        var listener: Listener?
        var isClosed = false
    }

    /// A listener, and what it is told.
    fileprivate struct Delivery {
        let listener: Listener
        let events: [RetrievalEvent]
    }

    private let state = Guarded(State())

    /// Puts an event in. After `close` it is dropped.
    func send(_ event: RetrievalEvent) {
        let delivery: Delivery? = state.withLock { state in
            if state.isClosed { return nil }
            state.add(event)
            if event.isSave, state.waiting.count < Self.savesAtATime { return nil }
            return state.takeDelivery()
        }
        delivery?.make()
    }

    /// Whether a listener waits.
    var isAwaited: Bool { state.withLock { $0.listener != nil } }

    /// Wakes the listener when anything waits for it. To be called now and then.
    func deliver() {
        state.withLock { $0.waiting.isEmpty ? nil : $0.takeDelivery() }?.make()
    }

    /// Tells that no event follows.
    func close() {
        let delivery = state.withLock { state in
            state.isClosed = true
            return state.takeDelivery()
        }
        delivery?.make()
    }

    /// The next events, in order, when there are any; none when there will be none, or the task is cancelled. One listener at a time.
    func next() async -> [RetrievalEvent] {
        let events = state.withLock { $0.takeEvents() }
        if !events.isEmpty { return events }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: [RetrievalEvent]? = state.withLock { state in
                    let events = state.takeEvents()
                    if !events.isEmpty || state.isClosed || Task.isCancelled { return events }
                    state.listener = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.takeDelivery() }?.make()
        }
    }
}

extension EventMailbox.Delivery {
    fileprivate func make() { listener.resume(returning: events) }
}

extension EventMailbox.State {
    fileprivate mutating func add(_ event: RetrievalEvent) {
        if case .progress(var new) = event {
            if let place = progress[new.url], case .progress(let old) = waiting[place] {
                new.bytesDownloaded += old.bytesDownloaded
                waiting[place] = .progress(new)
                return
            }
            progress[new.url] = waiting.count
        }
        waiting.append(event)
    }

    fileprivate mutating func takeEvents() -> [RetrievalEvent] {
        if waiting.isEmpty { return [] }
        progress.removeAll(keepingCapacity: true)
        defer {
            waiting = []
            waiting.reserveCapacity(EventMailbox.savesAtATime)
        }
        return waiting
    }

    /// The listener that waits, if one does, and all that waits for it.
    fileprivate mutating func takeDelivery() -> EventMailbox.Delivery? {
        guard let listener else { return nil }
        self.listener = nil
        return EventMailbox.Delivery(listener: listener, events: takeEvents())
    }
}

extension RetrievalEvent {
    fileprivate var isSave: Bool {
        if case .save = self { true } else { false }
    }
}

internal import Synchronization

/// A request's line in the log while it is being answered.
///
/// It runs ahead of the bytes: what a client has received is in the log already.
final class RequestEntry: Sendable {
    private struct State {
        var request: LoopbackStore.Request
        var isArchiveReadOver: Bool
    }

    private let store: StoreState
    private let state: Mutex<State>

    init(_ request: StoreRequest, connection: LoopbackConnection, in store: StoreState) {
        self.store = store
        let entry = store.journal.begin {
            LoopbackStore.Request(request, number: $0, connectionNumber: connection.number)
        }
        state = Mutex(State(request: entry, isArchiveReadOver: !entry.isArchiveRead))
    }

    var token: String? { state.withLock { $0.request.token } }
    var objectName: String? { state.withLock { $0.request.objectName } }

    /// The faults that the request meets, one after the other.
    func takeFaults() -> [LoopbackStore.Fault] {
        func flat(_ fault: LoopbackStore.Fault) -> [LoopbackStore.Fault] {
            if case .all(let faults) = fault { return faults.flatMap(flat) }
            return [fault]
        }
        return flat(store.scripts.take(for: state.withLock { $0.request }))
    }

    func willAnswer(status: Int, byteCount: Int64?) {
        change(isLast: byteCount == 0) { $0.status = status }
    }

    func willSend(_ byteCount: Int, isLast: Bool) {
        change(isLast: isLast) { $0.byteCount += Int64(byteCount) }
    }

    func willFinish() {
        change(isLast: true) { $0.progress = .complete }
    }

    /// The connection is about to end, or has: an answer that was not whole by now is broken off.
    func willBreak() {
        change(isLast: true) { if $0.progress == .running { $0.progress = .broken } }
    }

    /// The answer is over.
    func end() {
        store.onRequest(state.withLock { $0.request })
    }

    private func change(isLast: Bool, _ body: (inout LoopbackStore.Request) -> Void) {
        let endsArchiveRead = state.withLock { state in
            body(&state.request)
            store.journal.update(state.request)
            defer { if isLast { state.isArchiveReadOver = true } }
            return isLast && !state.isArchiveReadOver
        }
        if endsArchiveRead { store.journal.endArchiveRead() }
    }
}

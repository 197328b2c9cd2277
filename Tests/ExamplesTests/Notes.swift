import Synchronization

/// What was told, in order, by whichever task.
final class Notes<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiters: [(isMet: @Sendable ([Value]) -> Bool, go: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var all: [Value] { state.withLock { $0.values } }

    func add(_ value: Value) {
        let ready = state.withLock { state in
            state.values.append(value)
            let values = state.values
            defer { state.waiters.removeAll { $0.isMet(values) } }
            return state.waiters.filter { $0.isMet(values) }.map(\.go)
        }
        for waiter in ready { waiter.resume() }
    }

    /// Returns once so much was told that `isMet`.
    func wait(until isMet: @escaping @Sendable ([Value]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if !isMet(state.values) { state.waiters.append((isMet, continuation)) }
                return isMet(state.values)
            }
            if isMetNow { continuation.resume() }
        }
    }
}

extension Notes where Value: Equatable {
    /// Returns once that was told.
    func wait(for value: Value) async { await wait { $0.contains(value) } }
}

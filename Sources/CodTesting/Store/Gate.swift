internal import Synchronization

extension LoopbackStore {
    /// Holds stalled requests until a test lets them go.
    public final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var arrivedCount = 0
            var whenOpen: [@Sendable () -> Void] = []
            var whenArrived: [(count: Int, then: @Sendable () -> Void)] = []
        }

        private let state = Mutex(State())

        /// A closed gate.
        public init() {}

        /// Lets go all requests that are held, and all that come later.
        public func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.whenOpen = [] }
                return state.whenOpen
            }
            for resume in waiting { resume() }
        }

        /// Returns once so many requests have come to the gate, counted from its beginning, or when the task is cancelled.
        public func arrival(ofCount count: Int = 1) async {
            let (arrivals, continuation) = AsyncStream<Never>.makeStream()
            let isThere = state.withLock { state in
                if state.arrivedCount < count { state.whenArrived.append((count, { continuation.finish() })) }
                return state.arrivedCount >= count
            }
            if isThere { return }
            for await _ in arrivals {}
        }

        /// Notes an arrival, and calls `resume` when the gate opens, at once when it is open.
        func arrive(_ resume: @escaping @Sendable () -> Void) {
            let (isOpen, arrived) = state.withLock { state in
                state.arrivedCount += 1
                let count = state.arrivedCount
                let arrived = state.whenArrived.filter { $0.count <= count }
                state.whenArrived.removeAll { $0.count <= count }
                if !state.isOpen { state.whenOpen.append(resume) }
                return (state.isOpen, arrived)
            }
            for waiter in arrived { waiter.then() }
            if isOpen { resume() }
        }
    }
}

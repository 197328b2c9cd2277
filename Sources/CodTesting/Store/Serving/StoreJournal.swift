internal import Synchronization

/// The log of requests, and the counts of what goes on at a time.
final class StoreJournal: Sendable {
    private struct State {
        var requests: [LoopbackStore.Request] = []
        var nextNumber = 0
        var nextConnectionNumber = 0
        var traffic = LoopbackStore.Traffic()
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Keeps the last `limit` requests; in between up to a tenth more, so that removing the oldest costs little.
    init(limit: Int) {
        self.limit = max(limit, 0)
    }

    var requests: [LoopbackStore.Request] { state.withLock { Array($0.requests.suffix(limit)) } }

    var traffic: LoopbackStore.Traffic { state.withLock { $0.traffic } }

    func clear() {
        state.withLock { state in
            state.requests = []
            state.traffic.peakConnectionCount = state.traffic.connectionCount
            state.traffic.peakArchiveReadCount = state.traffic.archiveReadCount
        }
    }

    /// Adds a request, made with the number that it gets.
    func begin(_ make: (_ number: Int) -> LoopbackStore.Request) -> LoopbackStore.Request {
        state.withLock { state in
            let request = make(state.nextNumber)
            state.nextNumber += 1
            if state.requests.count >= limit + limit / 10 { state.requests.removeFirst(state.requests.count - limit) }
            if limit > 0 { state.requests.append(request) }
            if request.isArchiveRead {
                state.traffic.archiveReadCount += 1
                state.traffic.peakArchiveReadCount = max(state.traffic.peakArchiveReadCount, state.traffic.archiveReadCount)
            }
            return request
        }
    }

    /// Replaces a request's entry, if it is still kept.
    func update(_ request: LoopbackStore.Request) {
        state.withLock { state in
            guard let first = state.requests.first?.number else { return }
            let index = request.number - first
            if state.requests.indices.contains(index) { state.requests[index] = request }
        }
    }

    func endArchiveRead() {
        state.withLock { $0.traffic.archiveReadCount -= 1 }
    }

    /// Counts a new connection and answers its number.
    func openConnection() -> Int {
        state.withLock { state in
            state.traffic.openedConnectionCount += 1
            state.traffic.connectionCount += 1
            state.traffic.peakConnectionCount = max(state.traffic.peakConnectionCount, state.traffic.connectionCount)
            defer { state.nextConnectionNumber += 1 }
            return state.nextConnectionNumber
        }
    }

    func closeConnection() {
        state.withLock { $0.traffic.connectionCount -= 1 }
    }
}

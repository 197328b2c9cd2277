internal import NIOCore
internal import Synchronization

/// The connections that are open, and the tasks that serve them.
final class LoopbackConnections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: LoopbackConnection] = [:]
        var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]
        var isEnding = false
    }

    private let journal: StoreJournal
    private let state = Mutex(State())

    init(journal: StoreJournal) {
        self.journal = journal
    }

    subscript(channel: any Channel) -> LoopbackConnection? {
        state.withLock { $0.open[ObjectIdentifier(channel)] }
    }

    func open(_ channel: any Channel) -> LoopbackConnection {
        let connection = LoopbackConnection(channel, number: journal.openConnection())
        let isEnding = state.withLock { state in
            state.open[ObjectIdentifier(channel)] = connection
            return state.isEnding
        }
        // It was on its way when all others were broken.
        if isEnding { connection.cut() }
        return connection
    }

    func close(_ connection: LoopbackConnection) {
        connection.clientHasGone()
        let isLast = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(connection.channel)) != nil }
        if isLast { journal.closeConnection() }
    }

    /// Runs what serves a connection; whatever happens, `body` is begun.
    func serve(_ channel: any Channel, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            // The task holds the channel, so nobody else is at its place meanwhile.
            state.tasks[ObjectIdentifier(channel)] = Task {
                await body()
                self.state.withLock { $0.tasks[ObjectIdentifier(channel)] = nil }
            }
        }
    }

    /// Breaks all of them, and whatever comes later; returns when those that were open and what served them are gone.
    func end() async {
        let connections = state.withLock { state in
            state.isEnding = true
            return Array(state.open.values)
        }
        for connection in connections { connection.cut() }
        for connection in connections { try? await connection.channel.closeFuture.get() }
        // Not before: a task that is cancelled closes one half of its channel, which traps while that is only just being opened.
        let closed = Set(connections.map { ObjectIdentifier($0.channel) })
        let tasks = state.withLock { state in
            state.tasks.filter { state.open[$0.key] == nil || closed.contains($0.key) }.values
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}

internal import NIOCore
internal import Synchronization

/// The connections that are open.
final class LoopbackConnections: Sendable {
    private let journal: StoreJournal
    private let open = Mutex<[ObjectIdentifier: LoopbackConnection]>([:])
    private let isClosing = Atomic(false)

    init(journal: StoreJournal) {
        self.journal = journal
    }

    subscript(channel: any Channel) -> LoopbackConnection? {
        open.withLock { $0[ObjectIdentifier(channel)] }
    }

    func open(_ channel: any Channel) -> LoopbackConnection {
        let connection = LoopbackConnection(channel, number: journal.openConnection())
        open.withLock { $0[ObjectIdentifier(channel)] = connection }
        // It was on its way when all others were broken.
        if isClosing.load(ordering: .sequentiallyConsistent) { connection.cut() }
        return connection
    }

    func close(_ connection: LoopbackConnection) {
        connection.clientHasGone()
        let isLast = open.withLock { $0.removeValue(forKey: ObjectIdentifier(connection.channel)) != nil }
        if isLast { journal.closeConnection() }
    }

    /// Breaks all of them, and whatever comes later; returns when those that were open are gone.
    func closeAll() async {
        isClosing.store(true, ordering: .sequentiallyConsistent)
        let connections = open.withLock { Array($0.values) }
        for connection in connections { connection.cut() }
        for connection in connections { try? await connection.channel.closeFuture.get() }
    }
}

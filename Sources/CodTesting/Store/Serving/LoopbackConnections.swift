internal import NIOCore
internal import Synchronization

/// The connections that are open.
final class LoopbackConnections: Sendable {
    private let journal: StoreJournal
    private let open = Mutex<[ObjectIdentifier: LoopbackConnection]>([:])

    init(journal: StoreJournal) {
        self.journal = journal
    }

    subscript(channel: any Channel) -> LoopbackConnection? {
        open.withLock { $0[ObjectIdentifier(channel)] }
    }

    func open(_ channel: any Channel) -> LoopbackConnection {
        let connection = LoopbackConnection(channel, number: journal.openConnection())
        open.withLock { $0[ObjectIdentifier(channel)] = connection }
        return connection
    }

    func close(_ connection: LoopbackConnection) {
        connection.clientHasGone()
        let isLast = open.withLock { $0.removeValue(forKey: ObjectIdentifier(connection.channel)) != nil }
        if isLast { journal.closeConnection() }
    }

    /// Breaks all of them.
    func closeAll() {
        for connection in open.withLock({ Array($0.values) }) { connection.cut() }
    }
}

internal import CodCore
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// A server that listens on 127.0.0.1 until it is stopped.
struct LoopbackServer: Sendable {
    let port: Int
    private let listener: any Channel
    private let connections: LoopbackConnections
    private let task: Task<Void, any Error>

    /// Returns once it listens.
    static func start(port: Int, state: StoreState, identity: ServerIdentity?) async throws -> LoopbackServer {
        let connections = LoopbackConnections(journal: state.journal)
        let responder = StoreResponder(state: state)
        let http = HTTP1Channel { request, writer, channel in
            guard let connection = connections[channel] else { throw LoopbackConnection.Ended() }
            try await responder.respond(to: request, writer: writer, connection: connection)
        }
        let tls = try identity?.context()
        let (listeners, announcement) = AsyncStream<any Channel>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let server = Server(
            childChannelSetup: LoopbackChannel(base: http, connections: connections, tls: tls),
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                announcement.yield(channel)
                announcement.finish()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            // A server that fails to start announces nothing.
            defer { announcement.finish() }
            try await server.run()
        }
        for await listener in listeners {
            return LoopbackServer(
                port: listener.localAddress?.port ?? 0, listener: listener, connections: connections, task: task)
        }
        do { try await task.value } catch {
            let reason = (error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "\(error)"
            throw CodError(
                .unreachable, "Cannot listen on 127.0.0.1:\(port): \(reason).", recovery: "Choose another port.",
                reach: .job, cause: error)
        }
        throw CodError(.cancelled, "The loopback store was stopped before it listened.", reach: .job)
    }

    /// Breaks all connections and returns when all that served them is over.
    func stop() async {
        // In this order: a connection that is still open when the server drops it, before anybody has served it, is a trap.
        try? await listener.close()
        await connections.closeAll()
        task.cancel()
        // How the server ended does not matter any more: it was told to.
        _ = await task.result
    }
}

internal import CodCore
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// A server that listens on 127.0.0.1 until it is stopped.
///
/// It accepts connections itself and has Hummingbird speak HTTP on them. Hummingbird's own server hands connections over in a
/// sequence, and one that is in it when the server is stopped is dropped unserved, which NIO answers with a trap.
struct LoopbackServer: Sendable {
    let port: Int
    private let listener: any Channel
    private let connections: LoopbackConnections

    /// Returns once it listens.
    static func start(port: Int, state: StoreState, identity: ServerIdentity?) async throws -> LoopbackServer {
        let connections = LoopbackConnections(journal: state.journal)
        let responder = StoreResponder(state: state)
        let http = HTTP1Channel { request, writer, channel in
            guard let connection = connections[channel] else { throw LoopbackConnection.Ended() }
            try await responder.respond(to: request, writer: writer, connection: connection)
        }
        let accepted = LoopbackChannel(base: http, connections: connections, tls: try identity?.context())
        let logger = Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                accepted.setup(channel: channel, logger: logger).map { value in
                    connections.serve(channel) { await accepted.handle(value: value, logger: logger) }
                }
            }
        do {
            let listener = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            return LoopbackServer(port: listener.localAddress?.port ?? 0, listener: listener, connections: connections)
        } catch {
            let reason = (error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "\(error)"
            throw CodError(
                .unreachable, "Cannot listen on 127.0.0.1:\(port): \(reason).", recovery: "Choose another port.",
                reach: .job, cause: error)
        }
    }

    /// Breaks all connections and returns when all that served them is over.
    func stop() async {
        // Why it could not be closed does not matter: then it was not open.
        try? await listener.close()
        await connections.end()
    }
}

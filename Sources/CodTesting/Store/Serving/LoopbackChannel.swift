internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL

/// Hummingbird's HTTP/1.1 channel with a handler of ours below it, for what HTTP cannot say: resets, early ends.
struct LoopbackChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let connections: LoopbackConnections
    /// `nil` for plain http.
    let tls: NIOSSLContext?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.addHandler(ConnectionHandler(connections.open(channel), in: connections))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Stands below HTTP, above TLS where there is any: notices that a client has gone, and is the place from which raw bytes are written.
final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let connection: LoopbackConnection
    private let connections: LoopbackConnections

    init(_ connection: LoopbackConnection, in connections: LoopbackConnections) {
        self.connection = connection
        self.connections = connections
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.close(connection)
        context.fireChannelInactive()
    }

    // A channel that never became active is not told that it no longer is.
    func handlerRemoved(context: ChannelHandlerContext) { connections.close(connection) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that will not say more has gone, as far as stalled answers are concerned.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { connection.clientHasGone() }
        context.fireUserInboundEventTriggered(event)
    }
}

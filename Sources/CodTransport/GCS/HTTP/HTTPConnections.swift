import AsyncHTTPClient
import CodCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP client with the connections it keeps, shut down after the last reference to it has gone.
///
/// Everything that reads a body keeps a reference, so no body is cut off by that.
final class HTTPConnections: Sendable {
    let client: HTTPClient
    /// Where the connections' bytes arrive; `nil` for connections that share their threads.
    let executor: LoopExecutor?

    /// Connections for listings and metadata, on threads that no disk can hold up.
    static func forMetadata(_ options: GCSOptions) -> HTTPConnections {
        HTTPConnections(options, group: MultiThreadedEventLoopGroup.singleton, executor: nil) { _ in }
    }

    /// Connections for the archives of one lane, on a thread of their own.
    static func forArchives(_ options: GCSOptions) -> HTTPConnections {
        let executor = LoopExecutor()
        return HTTPConnections(options, group: executor.group, executor: executor) { channel in
            // Measured: reads of up to 1 MiB take half the processor time of NIO's own 64 KiB; beyond that nothing is gained.
            let buffers = AdaptiveRecvByteBufferAllocator(minimum: 16 << 10, initial: 64 << 10, maximum: 1 << 20)
            // A connection that has been closed in the meantime takes no options, and needs none.
            try? channel.syncOptions?.setOption(.recvAllocator, value: buffers)
            try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        }
    }

    private init(
        _ options: GCSOptions, group: any EventLoopGroup, executor: LoopExecutor?,
        prepare: @escaping @Sendable (any Channel) -> Void
    ) {
        self.executor = executor
        var configuration = HTTPClient.Configuration(
            // Redirects are followed by hand, where the token is looked after.
            redirectConfiguration: .disallow,
            // The time without a byte is kept by the connection's own handler: see SilenceHandler.
            timeout: .init(connect: .init(waiting: options.connectTimeout)),
            decompression: .disabled)
        // One HTTP/2 connection would carry all bodies over one TCP stream.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // A connection that cannot be made is reported at once; retrying is decided elsewhere, with everything else.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                prepare(channel)
                Self.watch(channel, options)
            }
        }
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)
    }

    deinit {
        // The client, and the loop under it, stay until the client has closed its connections.
        client.shutdown { [client, executor] _ in withExtendedLifetime((client, executor)) {} }
    }

    private static func watch(_ channel: any Channel, _ options: GCSOptions) {
        let operations = channel.pipeline.syncOperations
        // Without a decoder the connection has been closed in the meantime, and nothing will be read from it.
        guard let decoder = try? operations.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self) else { return }
        try? operations.addHandler(SilenceHandler(options), position: .after(decoder))
    }
}

extension TimeAmount {
    /// A time to wait, brought into 1 ms ... 1 day: what is behind that is no timeout.
    init(waiting duration: Duration) {
        let (seconds, attoseconds) = min(max(duration, .milliseconds(1)), .seconds(86_400)).components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

import AsyncHTTPClient
import CodCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP clients with the connections they keep, shut down after the last reference to it has gone.
///
/// There is one client for each way out: directly, and through each proxy that the rules name, so at most three. Everything that
/// reads a body keeps a reference, so no body is cut off by the shutdown.
final class HTTPConnections: Sendable {
    /// The most connections that a client has to one host.
    static let mostToOneHost = 64

    /// Where the connections' bytes arrive; `nil` for connections that share their threads.
    let executor: LoopExecutor?
    private let group: any EventLoopGroup
    private let configuration: HTTPClient.Configuration
    private let proxies: ProxyRules
    private let connectTimeout: TimeAmount
    private let logger: Logger
    private let clients = Mutex<[Proxy?: HTTPClient]>([:])

    /// Connections for listings and metadata, on threads that no disk can hold up.
    static func forMetadata(_ options: GCSOptions) -> HTTPConnections {
        HTTPConnections(options, group: MultiThreadedEventLoopGroup.singleton, executor: nil) { _ in }
    }

    /// Connections for the archives of one lane, on a thread of their own.
    static func forArchives(_ options: GCSOptions) -> HTTPConnections {
        let executor = LoopExecutor()
        return HTTPConnections(options, group: executor.group, executor: executor) { channel in
            let buffers = GrowingReceiveBuffers(mostByteCount: options.readByteCount)
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
        self.group = group
        proxies = options.resolvedProxies
        connectTimeout = .init(waiting: options.connectTimeout)
        logger = options.logger
        var configuration = HTTPClient.Configuration(
            // Redirects are followed by hand, where the token is looked after.
            redirectConfiguration: .disallow,
            // The time without a byte is kept by the connection's own handler: see SilenceHandler.
            timeout: .init(connect: connectTimeout),
            decompression: .disabled)
        // One HTTP/2 connection would carry all bodies over one TCP stream.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.mostToOneHost
        // A connection that cannot be made is reported at once; retrying is decided elsewhere, with everything else.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let trusted = options.trustedCertificates {
            configuration.tlsConfiguration = .trusting(trusted)
        }
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                prepare(channel)
                Self.watch(channel, options)
            }
        }
        self.configuration = configuration
    }

    deinit {
        for client in clients.withLock({ Array($0.values) }) {
            // The client, and the loop under it, stay until the client has closed its connections.
            client.shutdown { [client, executor] _ in withExtendedLifetime((client, executor)) {} }
        }
    }

    /// Sends a request by the way that leads to its host, and answers when the head has come.
    ///
    /// A connection that cannot be made is thrown as a ``CodError`` that names what failed; anything else as the client threw it.
    func send(
        _ message: HTTPClientRequest, to origin: HTTPAddress.Origin, about subject: RequestSubject
    ) async throws -> HTTPClientResponse {
        let proxy = try proxies.proxy(for: origin)
        do {
            // A deadline would count the reader's time; silence is noticed by the connection itself.
            return try await client(through: proxy).execute(message, deadline: .distantFuture)
        } catch {
            guard let failure = ConnectionFailure(error, in: .beforeHead) else {
                throw proxy.flatMap { CodError.cutOff(error, from: origin, by: $0, about: subject) } ?? error
            }
            var findings = Inquiry.Findings()
            if failure.isWorthLook, proxy?.kind != .socks {
                findings = await Inquiry.look(at: origin, through: proxy, timeout: .nanoseconds(connectTimeout.nanoseconds / 2))
                try Task.checkCancellation()
            }
            throw CodError.unreachable(
                failure, to: origin, through: proxy, findings: findings, now: WallClock.now, cause: error)
        }
    }

    private func client(through proxy: Proxy?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            // Once, and not again for the connections of each lane.
            if let proxy, executor == nil {
                logger.info("Requests go through the proxy \(proxy), which \(proxy.variable) names.")
            }
            var configuration = configuration
            configuration.proxy = proxy?.configuration
            let client = HTTPClient(eventLoopGroup: group, configuration: configuration)
            clients[proxy] = client
            return client
        }
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

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A second look at a connection that could not be made, for the reason alone, which the HTTP client does not hand out: the
/// status that a proxy answered `CONNECT` with, the days between which a certificate is valid.
///
/// One connection, on which no request is ever sent: after the certificate the handshake is broken off, whatever it says.
enum Inquiry {
    /// What was found out; nothing where the look failed too.
    struct Findings: Hashable, Sendable {
        var proxyStatus: Int?
        /// When the host's own certificate is valid, in seconds since 1970.
        var lifetime: ClosedRange<Int64>?
    }

    /// Looks, for no longer than `timeout`. Ends at once when the task is cancelled.
    static func look(
        at origin: HTTPAddress.Origin, through proxy: Proxy?, timeout: TimeAmount
    ) async -> Findings {
        let notes = Notes()
        let (ends, continuation) = AsyncStream<Never>.makeStream()
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let proxy, proxy.kind == .http {
                        try channel.pipeline.syncOperations.addHandler(
                            TunnelHandler(to: origin, authorization: proxy.authorization, notes))
                    } else if origin.isSecure {
                        try channel.pipeline.syncOperations.addHandler(notes.tlsHandler(for: origin))
                    }
                }
            }
            .connect(host: proxy?.host ?? origin.host, port: proxy?.port ?? origin.port)
            .whenComplete { result in
                guard case .success(let channel) = result else { return continuation.finish() }
                let end = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
                channel.closeFuture.whenComplete { _ in
                    end.cancel()
                    continuation.finish()
                }
            }
        for await _ in ends {}
        return notes.findings
    }
}

/// What the handlers of an inquiry write down.
final class Notes: Sendable {
    private let state = Mutex(Inquiry.Findings())

    var findings: Inquiry.Findings { state.withLock { $0 } }

    func note(proxyStatus: Int) { state.withLock { $0.proxyStatus = proxyStatus } }

    /// A handshake that looks at the certificate and trusts none.
    func tlsHandler(for origin: HTTPAddress.Origin) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: .makeClientConfiguration()),
            serverHostname: IPAddress(origin.host) == nil ? origin.host : nil,
            customVerificationCallback: { [self] certificates, verdict in
                if let own = certificates.first {
                    let (start, end) = (Int64(own.notValidBefore), Int64(own.notValidAfter))
                    state.withLock { $0.lifetime = start <= end ? start...end : nil }
                }
                verdict.succeed(.failed)
            })
    }
}

/// Asks a proxy for a tunnel and notes the status of the answer; goes on with the handshake in a tunnel that was given.
private final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More than this is no head of an answer.
    private static let maximumByteCount = 16 << 10

    private let origin: HTTPAddress.Origin
    private let authorization: Secret?
    private let notes: Notes
    private var received: [UInt8] = []

    init(to origin: HTTPAddress.Origin, authorization: Secret?, _ notes: Notes) {
        self.origin = origin
        self.authorization = authorization
        self.notes = notes
    }

    func channelActive(context: ChannelHandlerContext) {
        let login = authorization.map { "proxy-authorization: \($0.value)\r\n" } ?? ""
        let request = "CONNECT \(origin.hostAndPort) HTTP/1.1\r\nhost: \(origin.hostAndPort)\r\n\(login)\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        guard received.count <= Self.maximumByteCount else { return context.close(promise: nil) }
        guard let status = ProxyAnswer.status(in: received) else { return }
        notes.note(proxyStatus: status)
        guard (200..<300).contains(status), origin.isSecure, let handler = try? notes.tlsHandler(for: origin) else {
            return context.close(promise: nil)
        }
        // The host says nothing before its handshake is begun, so nothing of it has come with the proxy's answer.
        do {
            try context.pipeline.syncOperations.addHandler(handler)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The head of a proxy's answer.
enum ProxyAnswer {
    /// The status of a head that is there whole; `nil` before that, and for what is no head.
    static func status(in bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.indices.contains(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...999).contains(status) else {
            return nil
        }
        return status
    }
}

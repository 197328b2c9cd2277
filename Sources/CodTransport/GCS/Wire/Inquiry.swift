import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A second look at a connection that could not be made, for the reason alone, which the HTTP client does not hand out: how far
/// it comes, the status that a proxy answered `CONNECT` with, the days between which a certificate is valid.
///
/// One connection, on which no request is ever sent: after the certificate the handshake is broken off, whatever it says.
enum Inquiry {
    /// What was found out; nothing where the look failed too.
    struct Findings: Hashable, Sendable {
        /// Whether TCP came about, to the proxy where there is one; `nil` where nobody has looked.
        var isConnected: Bool?
        var proxyStatus: Int?
        /// When the host's own certificate is valid, in seconds since 1970.
        var lifetime: ClosedRange<Int64>?
        /// The host's own certificate, in DER.
        var certificate: [UInt8]?
        /// What both sides agreed to speak, such as `TLS 1.3`.
        var tlsVersion: String?
    }

    /// Looks, for no longer than `timeout`. Ends at once when the task is cancelled.
    static func look(
        at origin: HTTPAddress.Origin, through proxy: Proxy?, timeout: TimeAmount
    ) async -> Findings {
        let notes = Notes()
        notes.note(isConnected: false)
        let (ends, continuation) = AsyncStream<Never>.makeStream()
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let proxy, proxy.kind == .http {
                        try channel.pipeline.syncOperations.addHandler(
                            TunnelHandler(to: origin, authorization: proxy.authorization, notes))
                    } else if origin.isSecure {
                        try channel.pipeline.syncOperations.addHandler(notes.tlsHandler(for: origin, on: channel.eventLoop))
                    }
                }
            }
            .connect(host: proxy?.host ?? origin.host, port: proxy?.port ?? origin.port)
            .whenComplete { result in
                guard case .success(let channel) = result else { return continuation.finish() }
                notes.note(isConnected: true)
                // Nothing comes after TCP.
                if proxy == nil, !origin.isSecure { channel.close(promise: nil) }
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

    func note(isConnected: Bool) { state.withLock { $0.isConnected = isConnected } }

    func note(proxyStatus: Int) { state.withLock { $0.proxyStatus = proxyStatus } }

    /// A handshake that looks at the certificate and trusts none.
    func tlsHandler(for origin: HTTPAddress.Origin, on loop: any EventLoop) throws -> NIOSSLClientHandler {
        let made = NIOLoopBoundBox.makeEmptyBox(valueType: Unowned.self, eventLoop: loop)
        var configuration = TLSConfiguration.makeClientConfiguration()
        // None is trusted, and a system that has no list of authorities is looked at all the same.
        configuration.trustRoots = .certificates([])
        let handler = try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: configuration),
            serverHostname: IPAddress(origin.host) == nil ? origin.host : nil,
            customVerificationCallback: { [self] certificates, verdict in
                if let own = certificates.first {
                    let (start, end) = (Int64(own.notValidBefore), Int64(own.notValidAfter))
                    state.withLock {
                        $0.lifetime = start <= end ? start...end : nil
                        $0.certificate = try? own.toDERBytes()
                    }
                }
                // Called where the handler works.
                let version = made.value?.handler?.tlsVersion
                state.withLock { $0.tlsVersion = version.map(Self.name) }
                verdict.succeed(.failed)
            })
        made.value = Unowned(handler: handler)
        return handler
    }

    /// The handler keeps what looks at it.
    private struct Unowned {
        weak var handler: NIOSSLClientHandler?
    }

    private static func name(of version: TLSVersion) -> String {
        switch version {
        case .tlsv13: "TLS 1.3"
        case .tlsv12: "TLS 1.2"
        case .tlsv11: "TLS 1.1"
        case .tlsv1: "TLS 1.0"
        }
    }
}

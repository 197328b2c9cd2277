import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import SystemPackage

/// What failed while a connection was made, phase by phase; read off what the HTTP client threw.
enum ConnectionFailure: Hashable, Sendable {
    /// DNS: a name, of the host or of the proxy, has no address.
    case unknownName(String)
    /// No TCP connection, to the host or to the proxy.
    case notConnected(reason: String)
    /// No connection in time, and not known which phase took too long.
    case late
    /// The proxy wants to know who we are (407).
    case proxyLogin
    /// The proxy answered `CONNECT` with something else than yes.
    case proxyRefusal
    /// The proxy did not answer, or not in its own protocol.
    case proxyBroken(reason: String)
    /// The certificate is not trusted, or not valid now: the library does not say which.
    case certificate
    /// The certificate is for another host.
    case wrongHost
    /// What answers does not speak TLS.
    case plainText
    /// Nothing can be trusted: this system has no list of authorities, or one that cannot be read.
    case noAuthorities
    /// The TLS handshake failed otherwise.
    case handshake(reason: String)

    /// Reads an error; `nil` for one of a connection that had been made, or that this process had no room for.
    init?(_ error: any Error, in phase: ConnectionPhase) {
        if error.isLackOfDescriptors { return nil }
        switch error {
        case let error as HTTPClientError: self.init(error)
        case let error as IOError: self.init(error, in: phase)
        case let error as NIOConnectionError:
            guard let attempt = error.connectionErrors.first else {
                self = .unknownName(error.host)
                return
            }
            if attempt.error is BoringSSLError {
                self = .noAuthorities
                return
            }
            self = .notConnected(
                reason: (attempt.error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "no answer")
        case let error as NIOSSLError: self.init(error)
        // Before a handshake there is one thing to be made ready by TLS that can fail: what the system trusts is read.
        case is BoringSSLError where phase == .beforeHead: self = .noAuthorities
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            self = .wrongHost
        default:
            // The SOCKS library is not among this target's imports, so its errors are known by their type's name.
            let type = String(reflecting: type(of: error))
            guard type.hasPrefix("NIOSOCKS.") else { return nil }
            self = .proxyBroken(reason: "SOCKS: \(type.split(separator: ".").last ?? "")")
        }
    }

    /// Whether a second look may tell more.
    var isWorthLook: Bool { [.certificate, .proxyRefusal, .late].contains(self) }

    /// The phase that took too long, where a second look came to a halt there too; otherwise the same.
    func named(by findings: Inquiry.Findings, to origin: HTTPAddress.Origin, through proxy: Proxy?) -> ConnectionFailure {
        guard self == .late, let isConnected = findings.isConnected else { return self }
        if !isConnected { return .notConnected(reason: "no answer in time") }
        if proxy != nil {
            guard let status = findings.proxyStatus else { return .proxyBroken(reason: "it did not answer in time") }
            guard (200..<300).contains(status) else { return .proxyRefusal }
        }
        return origin.isSecure && findings.lifetime == nil ? .handshake(reason: "it did not end in time") : self
    }

    private init?(_ error: HTTPClientError) {
        switch error {
        // The client's one deadline covers all phases.
        case .connectTimeout, .getConnectionFromPoolTimeout: self = .late
        case .socksHandshakeTimeout, .httpProxyHandshakeTimeout: self = .proxyBroken(reason: "it did not answer in time")
        case .proxyAuthenticationRequired: self = .proxyLogin
        case .invalidProxyResponse: self = .proxyRefusal
        case .tlsHandshakeTimeout: self = .handshake(reason: "it did not end in time")
        default: return nil
        }
    }

    private init?(_ error: IOError, in phase: ConnectionPhase) {
        let errno = Errno(rawValue: error.errnoCode)
        switch errno {
        case .connectionRefused, .hostIsDown, .noRouteToHost, .networkUnreachable, .networkDown, .addressNotAvailable:
            self = .notConnected(reason: "\(errno)")
        case Errno.timedOut where phase == .beforeHead: self = .notConnected(reason: "\(errno)")
        default: return nil
        }
    }

    private init?(_ error: NIOSSLError) {
        switch error {
        case .unableToValidateCertificate: self = .certificate
        case .handshakeFailed(let inner):
            let text = String(describing: inner)
            if text.contains("CERTIFICATE_VERIFY_FAILED") {
                self = .certificate
            } else if text.contains("WRONG_VERSION_NUMBER") {
                self = .plainText
            } else if text.contains("EOF during handshake") {
                self = .handshake(reason: "the connection was closed in its middle")
            } else {
                // BoringSSL's own name for it, such as TLSV1_ALERT_PROTOCOL_VERSION, without the place in its source.
                let name = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/).map { String($0.1) }
                self = .handshake(reason: name ?? "the two sides found no common ground")
            }
        default: return nil
        }
    }
}

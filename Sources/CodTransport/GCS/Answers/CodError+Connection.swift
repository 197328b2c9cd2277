import AsyncHTTPClient
import CodCore
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// How far a request had come when its connection failed.
enum ConnectionPhase: Sendable {
    /// No byte of an answer yet.
    case beforeHead
    case inBody
}

extension CodError {
    /// What the failure of a connection comes to; a cancellation stays one. `error` is what the HTTP client threw.
    static func connection(
        _ error: any Error, in phase: ConnectionPhase, to origin: HTTPAddress.Origin, about subject: RequestSubject,
        patience: Duration
    ) -> any Error {
        switch error {
        case is CancellationError, is CodError: return error
        case let error as TooSlow: return tooSlow(error, from: origin, about: subject)
        case _ where error.isLackOfDescriptors: return lackOfDescriptors(error, to: origin, about: subject) ?? error
        case let error as HTTPClientError:
            if error == .cancelled { return CancellationError() }
            return subject.locate(client(error, in: phase, to: origin, about: subject, patience: patience))
        case let error as IOError:
            return subject.locate(system(error.errnoCode, in: phase, to: origin, about: subject, cause: error))
        case let error as NIOConnectionError:
            return noConnection(error, to: origin)
        case is HTTPParserError, is ChannelError:
            return subject.locate(broken(in: phase, to: origin, about: subject, cause: error))
        default:
            return isTLS(error)
                ? tls(error, in: phase, to: origin, about: subject)
                : subject.locate(
                    broken(in: phase, to: origin, about: subject, cause: error))
        }
    }

    private static func client(
        _ error: HTTPClientError, in phase: ConnectionPhase, to origin: HTTPAddress.Origin, about subject: RequestSubject,
        patience: Duration
    ) -> CodError {
        switch error {
        case .readTimeout, .deadlineExceeded:
            CodError(
                .timedOut, "\(origin.hostAndPort) sent nothing of \(subject.displayName) for \(patience).",
                recovery: "Check the network; the same command goes on from what is saved.", reach: subject.reach,
                transience: .transient)
        case .connectTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
            unreachable(origin, "the connection was not made in time", cause: error)
        case .tlsHandshakeTimeout:
            unreachable(origin, "the TLS handshake did not end in time", cause: error)
        case .invalidProxyResponse, .proxyAuthenticationRequired:
            unreachable(
                origin, "the proxy refused (\(error.shortDescription))",
                recovery: "Check the proxy's address, user name and password.", transience: .final)
        case .remoteConnectionClosed, .uncleanShutdown:
            broken(in: phase, to: origin, about: subject, cause: error)
        default:
            // Only the short form: others quote header values, and the token is one.
            CodError(
                .requestFailed, "The request for \(subject.displayName) failed: \(error.shortDescription).",
                reach: subject.reach, transience: .transient)
        }
    }

    private static func system(
        _ code: CInt, in phase: ConnectionPhase, to origin: HTTPAddress.Origin, about subject: RequestSubject,
        cause: any Error
    ) -> CodError {
        let errno = Errno(rawValue: code)
        switch errno {
        case .connectionRefused, .hostIsDown, .noRouteToHost, .networkUnreachable, .networkDown, .addressNotAvailable:
            return unreachable(origin, "connecting failed: \(errno)", cause: cause)
        case Errno.timedOut where phase == .beforeHead:
            return unreachable(origin, "connecting failed: \(errno)", cause: cause)
        default:
            return broken(in: phase, to: origin, about: subject, cause: cause)
        }
    }

    private static func noConnection(_ error: NIOConnectionError, to origin: HTTPAddress.Origin) -> CodError {
        guard let attempt = error.connectionErrors.first else {
            return unreachable(
                origin, "the name “\(error.host)” cannot be resolved (DNS)",
                recovery: "Check the name of the storage endpoint and the network.", cause: error)
        }
        let reason = (attempt.error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "no answer"
        return unreachable(origin, "connecting failed: \(reason)", cause: error)
    }

    /// A connection that broke: before an answer it had gone stale, in a body the rest is missing.
    private static func broken(
        in phase: ConnectionPhase, to origin: HTTPAddress.Origin, about subject: RequestSubject, cause: any Error
    ) -> CodError {
        let recovery = "Check the network; the same command goes on from what is saved."
        return switch phase {
        case .beforeHead:
            CodError(
                .requestFailed, "\(origin.hostAndPort) closed the connection without an answer for \(subject.displayName).",
                recovery: recovery, reach: subject.reach, transience: .stale, cause: cause)
        case .inBody:
            CodError(
                .truncated, "The connection to \(origin.hostAndPort) broke within \(subject.displayName).",
                recovery: recovery, reach: subject.reach, transience: .transient, cause: cause)
        }
    }

    /// The TLS library is not among this target's imports, so its errors are known by their type's name.
    private static func isTLS(_ error: any Error) -> Bool {
        String(reflecting: type(of: error)).hasPrefix("NIOSSL.")
    }

    private static func tls(
        _ error: any Error, in phase: ConnectionPhase, to origin: HTTPAddress.Origin, about subject: RequestSubject
    ) -> CodError {
        let text = String(describing: error)
        if text.contains("CERTIFICATE") || text.lowercased().contains("hostname") {
            return unreachable(
                origin, "its certificate is not trusted (TLS)",
                recovery: "A proxy may stand in between: add its certificate authority to the system's. No bytes were exchanged.",
                transience: .final, cause: error)
        }
        if text.contains("WRONG_VERSION_NUMBER") {
            return unreachable(
                origin, "it does not speak TLS", recovery: "Use http:// for an emulator on this machine.",
                transience: .final, cause: error)
        }
        return switch phase {
        case .beforeHead: unreachable(origin, "the TLS handshake failed", cause: error)
        case .inBody: subject.locate(broken(in: phase, to: origin, about: subject, cause: error))
        }
    }

    private static func unreachable(
        _ origin: HTTPAddress.Origin, _ reason: String, recovery: String = "Check the network and the storage endpoint.",
        transience: Transience = .transient, cause: (any Error)? = nil
    ) -> CodError {
        CodError(
            .unreachable, "\(origin.hostAndPort) cannot be reached: \(reason).", recovery: recovery, reach: .job,
            transience: transience, cause: cause)
    }
}

import AsyncHTTPClient
import CodCore
import NIOCore

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
        if error is CancellationError || error is CodError { return error }
        if let error = error as? TooSlow { return tooSlow(error, from: origin, about: subject) }
        if let error = lackOfDescriptors(error, to: origin, about: subject) { return error }
        if let failure = ConnectionFailure(error, in: phase) {
            return subject.locate(
                unreachable(failure, to: origin, through: nil, findings: .init(), now: WallClock.now, cause: error))
        }
        guard let error = error as? HTTPClientError else {
            return subject.locate(broken(in: phase, to: origin, about: subject, cause: error))
        }
        if error == .cancelled { return CancellationError() }
        switch error {
        case .readTimeout, .deadlineExceeded:
            return subject.locate(
                CodError(
                    .timedOut, "\(origin.hostAndPort) sent nothing of \(subject.displayName) for \(patience).",
                    recovery: "Check the network; the same command goes on from what is saved.", reach: subject.reach,
                    transience: .transient))
        case .remoteConnectionClosed, .uncleanShutdown:
            return subject.locate(broken(in: phase, to: origin, about: subject, cause: error))
        default:
            // Only the short form: others quote header values, and the token is one.
            return subject.locate(
                CodError(
                    .requestFailed, "The request for \(subject.displayName) failed: \(error.shortDescription).",
                    reach: subject.reach, transience: .transient))
        }
    }

    /// A connection through a proxy that ended without an answer, be it the proxy's or the host's; `nil` for other failures.
    static func cutOff(
        _ error: any Error, from origin: HTTPAddress.Origin, by proxy: Proxy, about subject: RequestSubject
    ) -> CodError? {
        guard (error as? HTTPClientError) == .remoteConnectionClosed else { return nil }
        return subject.locate(
            CodError(
                .requestFailed,
                "The connection to \(origin.hostAndPort) through the proxy \(proxy) ended without an answer for "
                    + "\(subject.displayName).",
                recovery: "Check the proxy in \(proxy.variable); the same command goes on from what is saved.",
                reach: subject.reach, transience: .stale, cause: error))
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
}

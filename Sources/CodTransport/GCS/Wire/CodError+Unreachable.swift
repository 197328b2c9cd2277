import CodCore

extension CodError {
    /// What a connection that could not be made comes to. Each sentence names the phase: DNS, connect, proxy or TLS.
    ///
    /// - Parameters:
    ///   - proxy: what the connection was to go through.
    ///   - findings: what a second look has found out.
    ///   - now: the clock, in seconds since 1970.
    static func unreachable(
        _ failure: ConnectionFailure, to origin: HTTPAddress.Origin, through proxy: Proxy?, findings: Inquiry.Findings,
        now: Int64, cause: (any Error)? = nil
    ) -> CodError {
        let (reason, recovery, transience): (String, String, Transience) =
            switch failure.named(by: findings, to: origin, through: proxy) {
            case .unknownName(let name):
                if let proxy {
                    (
                        "the name of the proxy, “\(name)”, cannot be resolved (DNS)",
                        "Check the proxy in \(proxy.variable), and the network.", .transient
                    )
                } else {
                    (
                        "the name “\(name)” cannot be resolved (DNS)",
                        "Check the name of the storage endpoint and the network.", .transient
                    )
                }
            case .notConnected(let reason):
                if let proxy {
                    (
                        "connecting to the proxy \(proxy) failed: \(reason)",
                        "Check the proxy in \(proxy.variable), and the network.", .transient
                    )
                } else {
                    ("connecting failed: \(reason)", "Check the network and the storage endpoint.", .transient)
                }
            case .late:
                (
                    "no connection in time (connect, \(proxy.map { "the proxy \($0) " } ?? "")or TLS)",
                    "Check the network, the storage endpoint\(proxy.map { ", and the proxy in \($0.variable)" } ?? "").",
                    .transient
                )
            case .proxyLogin: login(at: proxy)
            case .proxyRefusal: refusal(of: origin, by: proxy, status: findings.proxyStatus)
            case .proxyBroken(let reason):
                (
                    "the proxy \(proxy?.description ?? "") cannot be used: \(reason)",
                    "Check the proxy in \(proxy?.variable ?? "HTTPS_PROXY").", .transient
                )
            case .certificate: certificate(findings.lifetime, now: now)
            case .wrongHost:
                (
                    "its certificate is for another host, not for \(origin.host) (TLS)",
                    "Check the storage endpoint; nothing was sent there.", .final
                )
            case .plainText:
                (
                    "what answers there does not speak TLS",
                    "Check the port; an emulator on this machine is reached by http://.", .final
                )
            case .noAuthorities:
                (
                    "this system has no list of certificate authorities, or one that cannot be read (TLS)",
                    "Install it (the package ca-certificates), or give the certificates of authorities with --ca-cert FILE.",
                    .final
                )
            case .handshake(let reason):
                ("the TLS handshake failed: \(reason)", "Check the network and the storage endpoint.", .transient)
            }
        return CodError(
            .unreachable, "\(origin.hostAndPort) cannot be reached: \(reason).", recovery: recovery, reach: .job,
            transience: transience, cause: cause)
    }

    private static func login(at proxy: Proxy?) -> (String, String, Transience) {
        let (name, variable) = (proxy?.description ?? "", proxy?.variable ?? "HTTPS_PROXY")
        return proxy?.login == nil
            ? (
                "the proxy \(name) wants a user name and password (407)",
                "Put USER:PASSWORD@ before the host in \(variable).", .final
            )
            : (
                "the proxy \(name) does not take the user name or password (407)",
                "Check what stands before the host in \(variable); characters that mean something there are written %XX.", .final
            )
    }

    /// A proxy that cannot reach the host now says so in other numbers than one that will not.
    private static func refusal(
        of origin: HTTPAddress.Origin, by proxy: Proxy?, status: Int?
    ) -> (String, String, Transience) {
        let name = proxy?.description ?? ""
        let except = "or except the host from it by NO_PROXY"
        switch status {
        case .some(let status) where status == 408 || status == 429 || status >= 500:
            return (
                "the proxy \(name) has no way there now: it answered CONNECT with \(status)",
                "The host may be down or unknown to the proxy: check the storage endpoint, \(except).", .transient
            )
        case .some(let status) where status >= 300:
            return (
                "the proxy \(name) refused the way there: it answered CONNECT with \(status)",
                "Ask whoever runs the proxy to let \(origin.hostAndPort) through, \(except).", .final
            )
        default:
            return (
                "the proxy \(name) did not open the way there",
                "Check the proxy in \(proxy?.variable ?? "HTTPS_PROXY"), \(except).", .transient
            )
        }
    }

    private static func certificate(
        _ lifetime: ClosedRange<Int64>?, now: Int64
    ) -> (String, String, Transience) {
        func date(_ seconds: Int64) -> String { WallClock.day(atSecond: seconds) }
        let clock = "Check this machine's clock, which says \(date(now))"
        if let lifetime, now > lifetime.upperBound {
            return (
                "its certificate expired on \(date(lifetime.upperBound)) (TLS)",
                "\(clock); if that is right, whoever runs the host must renew it.", .final
            )
        }
        if let lifetime, now < lifetime.lowerBound {
            return (
                "its certificate is not valid before \(date(lifetime.lowerBound)) (TLS)",
                "\(clock); if that is right, whoever runs the host must replace it.", .final
            )
        }
        return (
            lifetime == nil
                ? "its certificate is not trusted, or has expired (TLS)"
                : "its certificate is not trusted: no authority that this system knows has signed it (TLS)",
            "If you know who did, a proxy of your institution say, give that authority's certificate with --ca-cert FILE.",
            .final
        )
    }
}

import CodCore
import CodTransport

/// What the way to the store comes to. Pure.
extension Diagnosis {
    static func endpoint(_ endpoint: StoreProbe.Endpoint, isChosen: Bool) -> Diagnosis {
        let text = "\(endpoint.url)\(isChosen ? "" : " (Google's, the default)")"
        if !endpoint.takesToken {
            return .warning(
                .endpoint, "\(text) is spoken to in the clear: a token would not be sent there.",
                "Use https, or --insecure if you trust that network.")
        }
        return .ok(.endpoint, text)
    }

    static func proxy(_ way: StoreProbe.Way?, isLoopback: Bool, variables: [String]) -> Diagnosis {
        if let way { return .ok(.proxy, "\(way.isSOCKS ? "SOCKS " : "")\(way.proxy), which \(way.variable) names") }
        if variables.isEmpty { return .ok(.proxy, "none") }
        let names = variables.sorted().joined(separator: ", ")
        let reason =
            isLoopback ? "this machine is always spoken to directly" : "NO_PROXY exempts the host, or they are for others"
        return .ok(.proxy, "none: \(names) \(variables.count == 1 ? "is" : "are") set, and \(reason)")
    }

    static func dns(_ host: String, _ addresses: [String], seconds: Double) -> Diagnosis {
        if addresses == [host] { return .ok(.dns, "not needed: \(host) is an address") }
        let more = addresses.count > 3 ? " and \(addresses.count - 3) more" : ""
        let measures = ["seconds": seconds, "addressCount": Double(addresses.count)]
        let message = "\(host) is \(addresses.prefix(3).joined(separator: ", "))\(more), in \(Amount.brief(seconds: seconds))"
        if seconds >= 2 {
            return .warning(
                .dns, message, "The name server is slow: each new connection may wait for it. Check /etc/resolv.conf.", measures)
        }
        return .ok(.dns, message, measures)
    }

    static func connection(
        _ connection: StoreProbe.Connection, to endpoint: StoreProbe.Endpoint, through way: StoreProbe.Way?, seconds: Double
    ) -> Diagnosis {
        let place = way.map { "the proxy \($0.proxy)" } ?? "\(endpoint.host):\(endpoint.port)"
        let measures = ["seconds": seconds]
        guard connection.isConnected else {
            return .warning(
                .connection, "\(place) answers now and then: one try of two failed (TCP)",
                "Check the network; --retries bears it.", measures)
        }
        let message = "\(place) answers\(endpoint.isSecure ? ", with the handshake" : "") in \(Amount.brief(seconds: seconds))"
        if seconds >= 2 {
            return .warning(
                .connection, message, "The way is long or lossy: more --jobs hide that, and --retries bears it.", measures)
        }
        return .ok(.connection, message, measures)
    }

    static func clock(serverDate: Int64?, now: Int64, isSigning: Bool) -> Diagnosis {
        guard let serverDate else { return .ok(.clock, "The server does not tell its time.") }
        let skew = now.subtractingReportingOverflow(serverDate).partialValue
        let measures = ["skewSeconds": Double(skew)]
        guard skew.magnitude > 60 else { return .ok(.clock, "right within a minute", measures) }
        return .warning(
            .clock, "This machine's clock is \(skew.magnitude) seconds \(skew > 0 ? "ahead of" : "behind") the server's.",
            isSigning || skew.magnitude > 300
                ? "Set it (NTP): tokens that are signed here, and certificates, are judged by it."
                : "Set it (NTP).", measures)
    }

    static func credentials(_ facts: CredentialsFacts, seconds: Double, takesToken: Bool) -> Diagnosis {
        guard facts.isTokenThere else {
            return .ok(.credentials, "none: requests carry no token, which public buckets and emulators take")
        }
        var measures = ["seconds": seconds]
        if let remaining = facts.remaining { measures["remainingSeconds"] = remaining / .seconds(1) }
        var message = "\(facts.origin)\(facts.isRenewed ? "" : ", which cannot be renewed")"
        guard takesToken else {
            return .warning(
                .credentials, "\(message); the token would travel in the clear, so it is not sent.",
                "Use https, or --insecure if you trust that network.", measures)
        }
        guard let remaining = facts.remaining else {
            return .ok(.credentials, "\(message); the token does not say when it ends", measures)
        }
        let minutes = remaining.components.seconds / 60
        if remaining <= .zero {
            return .failed(
                .credentials,
                CodError(
                    .unauthorized, "\(message); the token ended \(-minutes) minutes ago, by its own word.",
                    recovery: "Get a new token or link.", reach: .job))
        }
        message += "; the token is good for \(minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours") more"
        if minutes < 10, !facts.isRenewed {
            return .warning(
                .credentials, message, "It may end in mid-run: get a new one, or use --token-command, which renews it.", measures)
        }
        return .ok(.credentials, message, measures)
    }
}

import CodCore

/// What the handshake comes to. Pure.
extension Diagnosis {
    /// - Parameters:
    ///   - failure: what kept the client from connecting; `nil` where it did.
    ///   - needsOwnTrust: whether the system's certificates alone would not do.
    static func tls(
        version: String?, certificate: CertificateFacts?, failure: CodError?, needsOwnTrust: Bool, hasOwnTrust: Bool, now: Int64
    ) -> Diagnosis {
        let signed = certificate.map { "signed by \($0.shortIssuer)" } ?? "of which nothing is known"
        if let failure {
            var diagnosis = Diagnosis.failed(.tls, failure)
            if failure.message.contains("not trusted"), let certificate {
                diagnosis.message +=
                    " It says it is signed by \(certificate.shortIssuer): a proxy that looks into connections, or a private authority."
            }
            return diagnosis
        }
        let days = certificate?.daysLeft(at: now)
        let measures = days.map { ["daysLeft": Double($0)] } ?? [:]
        var message = "\(version ?? "TLS"), a certificate \(signed)\(days.map { ", good for \($0) days" } ?? "")"
        if needsOwnTrust {
            message += "; trusted through --ca-cert alone: something on the way, or the store, has an authority of its own"
        }
        if let days, days < 7 {
            return .warning(.tls, message, "Whoever runs the host must renew it soon.", measures)
        }
        if hasOwnTrust, !needsOwnTrust { message += "; --ca-cert is not needed for it" }
        return .ok(.tls, message, measures)
    }

    static let plainHTTP = Diagnosis.ok(.tls, "none: the endpoint is spoken to over plain http")
}

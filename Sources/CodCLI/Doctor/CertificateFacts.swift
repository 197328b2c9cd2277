import SwiftASN1
import X509

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What may be told of a certificate that a host sent. Nothing here is believed: the client judges it.
struct CertificateFacts: Equatable {
    /// Who says to have signed it.
    let issuer: String
    /// When it ends, in seconds since 1970.
    let end: Int64

    /// `nil` for bytes that are no certificate.
    init?(der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        issuer = "\(certificate.issuer)"
        end = Int64(certificate.notValidAfter.timeIntervalSince1970)
    }

    init(issuer: String, end: Int64) { (self.issuer, self.end) = (issuer, end) }

    /// The organisation, or the whole name, on one line and at most so long: whoever answers may have written anything there.
    var shortIssuer: String {
        let organisation = issuer.split(separator: ",").first { $0.hasPrefix("O=") }?.dropFirst(2)
        let text = (organisation.map(String.init) ?? issuer).prefix(120)
        return String(text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
    }

    /// How many days are left.
    func daysLeft(at now: Int64) -> Int64 { (end - now) / 86_400 }
}

internal import Crypto
internal import SwiftASN1
internal import X509

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A certificate authority made at run time, which nobody trusts but who is told to; for servers on loopback.
///
/// ```swift
/// let authority = try TestAuthority()
/// let store = try LoopbackStore(identity: authority.identity())
/// …  // give the client authority.certificate to trust
/// ```
public struct TestAuthority: Sendable {
    /// When a certificate is valid.
    public enum Lifetime: Sendable, CaseIterable {
        /// Since yesterday, for a month.
        case current
        /// Until yesterday.
        case over
        /// From tomorrow on.
        case toCome
    }

    /// Its certificate in PEM form: what a client is told to trust.
    public let certificate: String
    private let name: DistinguishedName
    private let key: Certificate.PrivateKey

    /// A new authority with a key of its own.
    public init(name: String = "Loopback test authority") throws {
        self.name = try DistinguishedName { CommonName(name) }
        key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        certificate = try Self.certificate(
            for: self.name, key, by: self.name, key, lifetime: .current,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            })
    }

    /// A server's certificate and key, signed by this authority.
    ///
    /// - Parameters:
    ///   - hosts: the names and IPv4 addresses that it is for.
    ///   - lifetime: when it is valid.
    public func identity(
        for hosts: [String] = ["localhost", "127.0.0.1"], lifetime: Lifetime = .current
    ) throws -> ServerIdentity {
        try Self.identity(for: hosts, by: name, key, lifetime: lifetime)
    }

    /// A server's certificate that nobody signed but the server itself.
    public static func selfSignedIdentity(for hosts: [String] = ["localhost", "127.0.0.1"]) throws -> ServerIdentity {
        try identity(for: hosts, by: nil, nil, lifetime: .current)
    }

    private static func identity(
        for hosts: [String], by issuer: DistinguishedName?, _ issuerKey: Certificate.PrivateKey?, lifetime: Lifetime
    ) throws -> ServerIdentity {
        let ownKey = P256.Signing.PrivateKey()
        let own = Certificate.PrivateKey(ownKey)
        let name = try DistinguishedName { CommonName(hosts.first ?? "nobody") }
        let alternatives = hosts.map { host in
            let bytes = host.split(separator: ".").compactMap { UInt8($0) }
            return bytes.count == 4 ? GeneralName.ipAddress(ASN1OctetString(contentBytes: bytes[...])) : .dnsName(host)
        }
        let certificate = try certificate(
            for: name, own, by: issuer ?? name, issuerKey ?? own, lifetime: lifetime,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(alternatives)
            })
        return ServerIdentity(certificate: certificate, key: ownKey.pemRepresentation)
    }

    private static func certificate(
        for subject: DistinguishedName, _ key: Certificate.PrivateKey, by issuer: DistinguishedName,
        _ issuerKey: Certificate.PrivateKey, lifetime: Lifetime, extensions: Certificate.Extensions
    ) throws -> String {
        let day = 86_400.0
        let (start, end) =
            switch lifetime {
            case .current: (-day, 30 * day)
            case .over: (-30 * day, -day)
            case .toCome: (day, 30 * day)
            }
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey, notValidBefore: now + start,
            notValidAfter: now + end, issuer: issuer, subject: subject, extensions: extensions, issuerPrivateKey: issuerKey
        ).serializeAsPEM().pemString
    }
}

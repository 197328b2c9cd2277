import CodCore
import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A service account with its key (`service_account`): it signs who it is, and gets a token for that (RFC 7523).
struct ServiceAccount: TokenIssuer {
    /// Reading of objects is all that is ever done.
    static let scope = "https://www.googleapis.com/auth/devstorage.read_only"
    /// What Google allows at most.
    private static let lifetime: Int64 = 3600

    private let endpoint: TokenEndpoint
    let email: String
    private let keyID: String?
    private let key: _RSA.Signing.PrivateKey
    private let audience: String
    private let wallClock: @Sendable () -> Int64

    /// - Parameters:
    ///   - origin: what the file is called in messages.
    ///   - wallClock: seconds since the beginning of 1970.
    init(
        _ file: ApplicationDefaultFile, origin: String, options: GCSOptions,
        wallClock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) throws(CodError) {
        email = try file.value("client_email", of: origin)
        keyID = file.optional("private_key_id")
        endpoint = try TokenEndpoint(reading: file.tokenAddress, of: origin, options: options)
        audience = file.tokenAddress
        self.wallClock = wallClock
        do { key = try _RSA.Signing.PrivateKey(pemRepresentation: file.value("private_key", of: origin)) } catch {
            throw CodError(
                .unauthorized, "The private_key in \(origin) is no RSA key in PEM.",
                recovery: "Get a new key of the service account from Google's console.", reach: .job)
        }
    }

    func issue() async throws -> IssuedToken {
        let service = endpoint.displayName
        let renewing = "The key may have been deleted: get a new one of \(email) from Google's console."
        let answer = try await post(at: wallClock())
        // A clock that is wrong makes every signature one of another time: the service tells its own.
        if answer.head.status == 400, OAuthError(answer.body)?.isOfLogin == true, let date = answer.date,
            abs(date - wallClock()) > 60
        {
            return try await post(at: date).token(from: service, renewing: renewing)
        }
        return try answer.token(from: service, renewing: renewing)
    }

    private func post(at time: Int64) async throws -> TokenEndpoint.Answer {
        try await endpoint.post(form: [
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": try assertion(at: time),
        ])
    }

    /// A JSON Web Token, signed with RS256 (RFC 7515, RFC 7518 section 3.3).
    func assertion(at time: Int64) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = try encoder.encode(Header(kid: keyID))
        let claims = try encoder.encode(
            Claims(iss: email, aud: audience, scope: Self.scope, iat: time, exp: time + Self.lifetime))
        let text = "\(Self.base64(header)).\(Self.base64(claims))"
        let signature = try key.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
        return "\(text).\(Self.base64(signature.rawRepresentation))"
    }

    private struct Header: Encodable {
        let alg = "RS256"
        let typ = "JWT"
        let kid: String?
    }

    private struct Claims: Encodable {
        let iss: String
        let aud: String
        let scope: String
        let iat: Int64
        let exp: Int64
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

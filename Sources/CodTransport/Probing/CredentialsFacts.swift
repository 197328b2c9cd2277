import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What may be told of credentials: never a token.
package struct CredentialsFacts: Sendable, Hashable {
    /// What kind they are and where they come from, as a user would say it.
    package let origin: String
    /// Whether requests carry a token.
    package let isTokenThere: Bool
    /// For how long the token is good; `nil` where nobody says.
    package let remaining: Duration?
    /// Whether another is had when it ends.
    package let isRenewed: Bool

    init(_ credentials: any Credentials) async throws {
        let token = try await credentials.token()
        isTokenThere = token != nil
        var known: Duration?
        switch credentials {
        case is Anonymous: (origin, isRenewed) = ("none", false)
        case let fixed as FixedToken: (origin, isRenewed) = (fixed.origin, false)
        case let file as TokenFile: (origin, isRenewed) = ("The token file \(file.path)", true)
        case is TokenCommand: (origin, isRenewed) = ("The token command", true)
        case let issued as IssuedCredentials:
            (origin, isRenewed) = (Self.origin(of: issued.issuer), true)
            known = await issued.remainingLifetime
        default: (origin, isRenewed) = ("Credentials of the program's own", false)
        }
        remaining =
            known
            ?? token.flatMap { Self.expiry(inTokenText: $0.value) }.map {
                .seconds($0 - Int64(Date().timeIntervalSince1970))
            }
    }

    private static func origin(of issuer: any TokenIssuer) -> String {
        switch issuer {
        case is AuthorizedUser: "A login of gcloud's (Application Default Credentials)"
        case let account as ServiceAccount: "The service account \(account.email.prefix(200).printable)"
        case is MetadataServer: "The machine's own service account (metadata server)"
        default: "An issuer of tokens"
        }
    }

    /// When a token says itself that it ends (`exp` of a JWT, RFC 7519), in seconds since 1970; `nil` for all others, Google's access tokens
    /// among them. Nothing is believed of it: it is shown.
    static func expiry(inTokenText text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var base64 = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let json = Data(base64Encoded: base64), let claims = try? JSONDecoder().decode(Claims.self, from: json),
            claims.exp.isFinite, (0..<1e12).contains(claims.exp)
        else { return nil }
        return Int64(claims.exp)
    }

    private struct Claims: Decodable {
        let exp: Double
    }
}

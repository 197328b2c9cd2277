import CodCore

/// A person's login, as gcloud keeps it (`authorized_user`): a refresh token that tokens are had for.
struct AuthorizedUser: TokenIssuer {
    private let endpoint: TokenEndpoint
    private let clientID: String
    private let clientSecret: Secret
    private let refreshToken: Secret

    /// - Parameter origin: what the file is called in messages.
    init(_ file: ApplicationDefaultFile, origin: String, options: GCSOptions) throws(CodError) {
        clientID = try file.value("client_id", of: origin)
        clientSecret = Secret(try file.value("client_secret", of: origin))
        refreshToken = Secret(try file.value("refresh_token", of: origin))
        endpoint = try TokenEndpoint(reading: file.tokenAddress, of: origin, options: options)
    }

    func issue() async throws -> IssuedToken {
        let answer = try await endpoint.post(form: [
            "grant_type": "refresh_token", "client_id": clientID, "client_secret": clientSecret.value,
            "refresh_token": refreshToken.value,
        ])
        return try answer.token(
            from: endpoint.displayName,
            renewing: "The login has ended: run gcloud auth application-default login, then the same command again.")
    }
}

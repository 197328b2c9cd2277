import CodCore

/// Which of the credentials a user may have given are used.
public enum CredentialsChoice {
    /// The first that is there of: a token file, a token command, the environment's `COD_TOKEN`, the token of a link, Google's
    /// Application Default Credentials. None of them: no token.
    ///
    /// A token that is empty, or only spaces, counts as none; so does an empty path or command. What is there and cannot be used is told
    /// when the first token is asked for.
    ///
    /// - Parameters:
    ///   - tokenFile: the path of a file that holds a token.
    ///   - tokenCommand: a command that prints one.
    ///   - environment: the process's, as a rule.
    ///   - link: the token of a portal's link.
    ///   - options: how services that issue tokens are spoken to; its `credentials` are not looked at.
    public static func choose(
        tokenFile: String?, tokenCommand: String? = nil, environment: [String: String], link: Secret?,
        options: GCSOptions = GCSOptions()
    ) -> any Credentials {
        if let tokenFile, !tokenFile.isEmpty { return TokenFile(tokenFile) }
        if let tokenCommand, !tokenCommand.trimmingASCIIWhitespace.isEmpty {
            return TokenCommand(tokenCommand, timing: options.timing, logger: options.logger)
        }
        if let text = environment["COD_TOKEN"], !text.trimmingASCIIWhitespace.isEmpty {
            return FixedToken(Secret(text), from: "The environment variable COD_TOKEN")
        }
        if let link, !link.value.trimmingASCIIWhitespace.isEmpty {
            return FixedToken(link, from: "The token of the link")
        }
        do {
            return try ApplicationDefault.find(environment: environment, options: options) ?? Anonymous()
        } catch {
            return UnusableCredentials(error: error)
        }
    }
}

/// What is there and cannot be used: nothing is asked for without it.
private struct UnusableCredentials: Credentials {
    let error: any Error

    func token() async throws -> Secret? { throw error }
}

public import CodCore
public import Logging

/// Tokens that a command of the user's prints, such as `gcloud auth print-access-token`. It is run when the first token is needed, and
/// again when one was refused.
///
/// However many requests are refused at a time, it is run once for all of them.
public struct TokenCommand: Credentials {
    private let issued: IssuedCredentials

    /// - Parameters:
    ///   - command: what `/bin/sh -c` runs. It must print a token, and nothing else, and exit with 0. It inherits the environment without
    ///     `COD_TOKEN`.
    ///   - timeout: how long it may take. Default 60 s: it may ask a service.
    ///   - timing: whose clock and sleep count.
    ///   - logger: where failures are logged. Never a token.
    public init(
        _ command: String, timeout: Duration = .seconds(60), timing: Timing = .system, logger: Logger = Logger(label: "cod.token")
    ) {
        issued = IssuedCredentials(
            TokenCommandIssuer(command: command, timeout: timeout, timing: timing), timing: timing, logger: logger)
    }

    /// The token. Throws ``CodError/Code/unauthorized`` when the command fails, takes too long, or prints none.
    public func token() async throws -> Secret? { try await issued.token() }

    /// What the command prints now; `nil` when that is still the token that was refused.
    public func replacement(for refused: Secret?) async throws -> Secret? { try await issued.replacement(for: refused) }
}

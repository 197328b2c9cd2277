/// Where the token comes from that requests carry.
public protocol Credentials: Sendable {
    /// The token to send with the next request; `nil` for none. Called for every request: it answers from memory where it can.
    func token() async throws -> Secret?

    /// A token in place of one that was refused with 401; `nil` when there is no other.
    ///
    /// Called once for a request. Several requests may be refused at the same time: a value that answers one token to all of
    /// them, however many ask, spares the issuer the rest.
    func replacement(for refused: Secret?) async throws -> Secret?
}

extension Credentials {
    /// Has no other token.
    public func replacement(for refused: Secret?) async throws -> Secret? { nil }
}

/// No token: for public buckets and emulators. Requests carry no `Authorization` header.
public struct Anonymous: Credentials {
    /// No token.
    public init() {}

    /// No token.
    public func token() async throws -> Secret? { nil }
}

/// One token, given once: it cannot be renewed.
public struct FixedToken: Credentials {
    private let text: Secret
    let origin: String

    /// Takes a token. `origin` says in messages where it came from; it must not hold the token.
    public init(_ token: Secret, from origin: String = "The token") {
        text = token
        self.origin = origin
    }

    /// The token without spaces around it; none when nothing is left. Throws ``CodError/Code/unauthorized`` for a text that no
    /// token is.
    public func token() async throws -> Secret? { try TokenText.read(text.value, from: origin) }
}

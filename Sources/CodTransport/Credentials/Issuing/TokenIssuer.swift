/// Somebody who issues tokens when asked.
protocol TokenIssuer: Sendable {
    /// A new token. Throws a ``CodError`` of reach `job` that says what to do. Tries again by itself where that may help.
    func issue() async throws -> IssuedToken
}

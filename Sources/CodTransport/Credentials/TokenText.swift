import CodCore

/// What may stand in an `Authorization` header as a token.
enum TokenText {
    /// The longest token that is taken, in bytes.
    static let maximumByteCount = 16 << 10

    /// A token out of a text: without white space at its ends; `nil` when nothing is left. Everything that is no visible ASCII
    /// character is refused, since it would break or split the header. No message shows the text.
    static func read(_ text: String, from origin: String) throws(CodError) -> Secret? {
        let token = text.trimmingASCIIWhitespace
        if token.isEmpty { return nil }
        guard token.utf8.count <= maximumByteCount else {
            throw refused("\(origin) has \(token.utf8.count) bytes; \(maximumByteCount) are allowed.")
        }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw refused("\(origin) holds a space, a line break or another character that no token has.")
        }
        return Secret(token)
    }

    private static func refused(_ message: String) -> CodError {
        CodError(
            .unauthorized, message, recovery: "Copy the token or the link once more, whole and with nothing else.", reach: .job)
    }
}

/// A text that must not be shown: a bearer token.
///
/// Printing, dumping and interpolating it give `<redacted>`, alone or inside another value, and it cannot be encoded.
public struct Secret: Sendable, Hashable {
    package let value: String

    /// Wraps a text that must not be shown.
    public init(_ value: String) {
        self.value = value
    }
}

extension Secret {
    /// How much of its beginning may stay in a text that was cut off.
    private static let shownCount = 7

    /// A text without it: where it stands, whole or cut off at the text's end or elsewhere, is an ellipsis.
    func concealed(in text: String) -> String {
        let (secret, text) = (Array(value.unicodeScalars), Array(text.unicodeScalars))
        if secret.isEmpty { return String(String.UnicodeScalarView(text)) }
        var shown = String.UnicodeScalarView()
        var position = 0
        while position < text.count {
            let count = zip(secret, text[position...]).prefix { $0 == $1 }.count
            if count > min(Self.shownCount, secret.count - 1) {
                shown.append("…")
                position += count
            } else {
                shown.append(text[position])
                position += 1
            }
        }
        return String(shown)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the text itself.
    public var description: String { "<redacted>" }
    /// Never the text itself.
    public var debugDescription: String { description }
    /// Shows nothing: dumps leave it out.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

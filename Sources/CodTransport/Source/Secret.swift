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

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the text itself.
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

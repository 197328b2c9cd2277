/// The last look at a line before it is shown: no secret and no control character goes out, whatever text it quotes.
///
/// Tokens are kept out of messages where they are made; this is for what users put in the wrong place: a link where a study or an
/// endpoint belongs, a token where a file does.
enum Redaction {
    static func clean(_ line: String) -> String {
        var text = line
        // Looked for only where it may be: nearly all lines hold none of it.
        if text.contains("=") || text.contains("%3") {
            text.replace(/((?i:token|key|sig|signature|credential|secret|password))(=|(?i:%3d))[^&\s"'”’…),]+/) {
                "\($0.1)\($0.2)…"
            }
        }
        if text.contains("ya29") { text.replace(/ya29\.[A-Za-z0-9._~+\/-]+/, with: "ya29.…") }
        if text.contains("@") { text.replace(/:\/\/[^\/@\s]+@/, with: "://…@") }
        text.replace(/((?i:bearer)\s+)[A-Za-z0-9._~+\/=-]{8,}/) { "\($0.1)…" }
        return printable(text)
    }

    /// Control characters as numbers; lines and tabs stay.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { isControl($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
    }
}

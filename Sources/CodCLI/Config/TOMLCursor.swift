/// A place in a text in TOML: bytes, and on which line they stand.
struct TOMLCursor {
    private let bytes: [UInt8]
    private var position = 0
    /// From 1 on.
    private(set) var line = 1

    init(_ text: String) { bytes = Array(text.utf8) }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The next byte on the line that is no blank; `nil` at the line's end.
    var peekBehindBlanks: UInt8? {
        var copy = self
        copy.skipBlanks()
        guard let byte = copy.peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "#") else {
            return nil
        }
        return byte
    }

    mutating func advance() {
        if peek == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }

    /// Goes on to what is neither blank, nor a line's end, nor a comment.
    mutating func skipBlankLines() throws(TOMLText.SyntaxError) {
        while true {
            skipBlanks()
            switch peek {
            case UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "\r") where isLineEnd: advance()
            case UInt8(ascii: "#"): try skipComment()
            default: return
            }
        }
    }

    /// Expects nothing but a comment up to the end of the line.
    mutating func endLine() throws(TOMLText.SyntaxError) {
        skipBlanks()
        if peek == UInt8(ascii: "#") { try skipComment() }
        if peek == nil || peek == UInt8(ascii: "\n") || isLineEnd { return }
        throw problem("something stands behind the value: texts with blanks stand in quotation marks")
    }

    mutating func expect(_ character: Unicode.Scalar, _ rule: String) throws(TOMLText.SyntaxError) {
        skipBlanks()
        guard peek == UInt8(ascii: character) else { throw problem(rule) }
        advance()
    }

    /// Names with dots between.
    mutating func path() throws(TOMLText.SyntaxError) -> [String] {
        var names: [String] = []
        while true {
            skipBlanks()
            if let name = try text() {
                names.append(name)
            } else {
                let name = take { Self.isNameByte($0) }
                if name.isEmpty { throw problem("there is no name where one belongs") }
                names.append(name)
            }
            skipBlanks()
            guard peek == UInt8(ascii: ".") else { return names }
            advance()
        }
    }

    /// What a number, a date, `true` or `false` is made of.
    mutating func word() -> String { take { Self.isNameByte($0) || "+.:".utf8.contains($0) } }

    /// A text in quotation marks; `nil` where there is none.
    mutating func text() throws(TOMLText.SyntaxError) -> String? {
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        advance()
        if peek == quote, position + 1 < bytes.count, bytes[position + 1] == quote {
            throw problem("texts of several lines are nothing here")
        }
        var content: [UInt8] = []
        while let byte = peek, byte != quote {
            guard byte >= 0x20 || byte == UInt8(ascii: "\t"), byte != 0x7F else {
                throw problem("a text does not end on its line, or holds a control character")
            }
            advance()
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                content += Array(String(try escape()).utf8)
            } else {
                content.append(byte)
            }
        }
        guard peek == quote else { throw problem("a text does not end") }
        advance()
        // Cut at ASCII bytes out of UTF-8, it is UTF-8.
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func escape() throws(TOMLText.SyntaxError) -> Unicode.Scalar {
        let byte = peek ?? 0
        advance()
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = bytes[min(position, bytes.count)..<min(position + count, bytes.count)]
            guard digits.count == count, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), number != 0,
                let scalar = Unicode.Scalar(number)
            else { throw problem("a \\u in a text is followed by no character's number") }
            position += count
            return scalar
        default: throw problem("a \\ in a text means nothing: write it twice, or the text between '…'")
        }
    }

    private mutating func skipComment() throws(TOMLText.SyntaxError) {
        while let byte = peek, byte != UInt8(ascii: "\n"), !isLineEnd {
            guard byte >= 0x20 || byte == UInt8(ascii: "\t"), byte != 0x7F else {
                throw problem("a comment holds a control character")
            }
            advance()
        }
    }

    private mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek, isWanted(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isLineEnd: Bool {
        peek == UInt8(ascii: "\r") && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func problem(_ text: String) -> TOMLText.SyntaxError { TOMLText.SyntaxError(line: line, problem: text) }
}

import CodCore

extension Finding {
    /// What every error is held to: a sentence that fits a line, without characters that speak to a terminal, and a way out.
    static func check(message error: CodError, byteCount limit: Int = 4000) throws(Finding) {
        let text = "\(error.message)\(error.recovery ?? "")"
        try check(text.utf8.count <= limit, "The message of an error has \(text.utf8.count) bytes.")
        try check(!text.unicodeScalars.contains(where: speaksToTerminal), "The message “\(text)” holds control characters.")
    }

    static func speaksToTerminal(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
}

/// The kind of an error: its code, and its message without what it quotes.
func outcomeKind(_ code: CodError.Code, _ message: String) -> Int {
    var hasher = Hasher()
    hasher.combine(code)
    var isQuoted = false
    for byte in message.utf8 {
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        if !isQuoted, byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z") { hasher.combine(byte) }
    }
    return hasher.finalize()
}

/// A number of the bits that a count needs: outcomes differ in kind when a count doubles.
func magnitude(_ count: Int) -> Int { count.bitWidth - count.leadingZeroBitCount }

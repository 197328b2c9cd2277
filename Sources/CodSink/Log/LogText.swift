/// A JSON text that is being read, from behind its first quote to its last.
///
/// It holds no more than an entry may have; longer ones, and those with an escape that no entry needs, have no value.
struct LogText {
    private enum Escape {
        case none, begun
        case digits(count: Int, value: UInt32)
    }

    private var bytes: [UInt8] = []
    private var isValid = true
    private var escape = Escape.none

    /// Takes a byte; answers whether it was the last quote.
    mutating func push(_ byte: UInt8) -> Bool {
        switch escape {
        case .none:
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") { escape = .begun } else { append(byte) }
        case .begun:
            escape = .none
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): append(byte)
            case UInt8(ascii: "u"): escape = .digits(count: 0, value: 0)
            default: isValid = false
            }
        case .digits(let count, let value):
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                // Too few digits: what comes is read as text, the last quote above all.
                (isValid, escape) = (false, .none)
                return push(byte)
            }
            pushDigit(UInt32(digit), count: count, value: value)
        }
        return false
    }

    /// The text; `nil` when it cannot be an entry.
    var value: String? {
        guard isValid, case .none = escape else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func pushDigit(_ digit: UInt32, count: Int, value: UInt32) {
        let value = value << 4 | digit
        guard count == 3 else {
            escape = .digits(count: count + 1, value: value)
            return
        }
        escape = .none
        // Entries are ASCII; anything else is refused as a whole.
        if let ascii = UInt8(exactly: value), ascii < 0x80 { append(ascii) } else { isValid = false }
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < LogEntry.maximumByteCount { bytes.append(byte) } else { isValid = false }
    }
}

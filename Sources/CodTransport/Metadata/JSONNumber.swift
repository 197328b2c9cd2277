/// Where in a JSON number (RFC 8259, section 6) a reader stands.
enum JSONNumber {
    case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits

    init?(first byte: UInt8) {
        switch byte {
        case UInt8(ascii: "-"): self = .minus
        case UInt8(ascii: "0"): self = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): self = .integer
        default: return nil
        }
    }

    /// Whether a number may end here.
    var isWhole: Bool { [.zero, .integer, .fraction, .exponentDigits].contains(self) }

    /// Where the reader stands after one more byte; `nil` when that byte is none of the number's.
    func after(_ byte: UInt8) -> JSONNumber? {
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        switch self {
        case .minus: return byte == UInt8(ascii: "0") ? .zero : isDigit ? .integer : nil
        case .zero, .integer:
            if self == .integer, isDigit { return .integer }
            if byte == UInt8(ascii: ".") { return .point }
            return Self.isExponentMark(byte) ? .exponent : nil
        case .point: return isDigit ? .fraction : nil
        case .fraction: return isDigit ? .fraction : Self.isExponentMark(byte) ? .exponent : nil
        case .exponent:
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            return isDigit ? .exponentDigits : isSign ? .exponentSign : nil
        case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
        }
    }

    private static func isExponentMark(_ byte: UInt8) -> Bool { byte | 0x20 == UInt8(ascii: "e") }
}

/// A text with `%XX` decoded (RFC 3986, section 2.1); `nil` when a `%` is followed by anything else, or the bytes are no UTF-8.
func percentDecoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else { return nil }
        bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
}

/// A path as it stands in a `file://` address: all but letters, digits and `-._~/` as `%XX`.
func percentEncoded(path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D...0x2F, 0x5F, 0x7E: bytes.append(byte)
        default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// The value of a hex digit.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// A text for a message: in quotation marks, control characters as numbers, at most `limit` characters of it.
func quoted(_ text: String, limit: Int = 200) -> String {
    let characters = text.unicodeScalars.prefix(limit + 1).map { scalar in
        scalar.isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "\"\(characters.prefix(limit).joined())\(characters.count > limit ? "…" : "")\""
}

extension Unicode.Scalar {
    /// Whether it moves the cursor or speaks to a terminal rather than showing something.
    var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x200E...0x200F).contains(value) || (0x2028...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }
}

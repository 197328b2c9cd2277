extension CRC32C {
    /// Reads the form that Google Cloud Storage and metadata.json use: base64 of the four bytes, highest first
    /// (`4waSgw==` is e3069283). Anything else is `nil`.
    public init?(base64 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 8, bytes[6] == UInt8(ascii: "="), bytes[7] == UInt8(ascii: "=") else { return nil }
        var bits: UInt64 = 0
        for byte in bytes.prefix(6) {
            guard let digit = Self.digit(byte) else { return nil }
            bits = bits << 6 | UInt64(digit)
        }
        // Six digits hold 36 bits; the last four must be zero.
        guard bits & 0xF == 0 else { return nil }
        self.init(UInt32(truncatingIfNeeded: bits >> 4))
    }

    /// The form that Google Cloud Storage and metadata.json use.
    public var base64: String {
        let bits = UInt64(value) << 4
        let digits = stride(from: 30, through: 0, by: -6).map { Self.alphabet[Int(bits >> UInt64($0) & 0x3F)] }
        return String(decoding: digits, as: UTF8.self) + "=="
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func digit(_ byte: UInt8) -> Int? { alphabet.firstIndex(of: byte) }
}

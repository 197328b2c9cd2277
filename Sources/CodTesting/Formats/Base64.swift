/// Base64 with padding (RFC 4648 §4), and its URL-safe form without (§5).
enum Base64 {
    static func encoded(_ bytes: some Sequence<UInt8>) -> String { encoded(bytes, alphabet: standard, isPadded: true) }

    static func urlEncoded(_ bytes: some Sequence<UInt8>) -> String { encoded(bytes, alphabet: urlSafe, isPadded: false) }

    /// Reads the URL-safe form; anything else is `nil`.
    static func urlDecoded(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for character in text.utf8 {
            guard let digit = urlSafe.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(digit)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
                bits &= (1 << UInt32(bitCount)) - 1
            }
        }
        return bitCount < 6 && bits == 0 ? bytes : nil
    }

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standard = Array("\(common)+/".utf8)
    private static let urlSafe = Array("\(common)-_".utf8)

    private static func encoded(_ bytes: some Sequence<UInt8>, alphabet: [UInt8], isPadded: Bool) -> String {
        var digits: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                digits.append(alphabet[Int(bits >> bitCount & 0x3F)])
            }
            bits &= (1 << bitCount) - 1
        }
        if bitCount > 0 { digits.append(alphabet[Int(bits << (6 - bitCount) & 0x3F)]) }
        while isPadded, digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// An amount of bytes as a user types it: `20M`, `500k`, `1.5Mi`, `2GB`. k, M, G and T are decimal, Ki, Mi, Gi and Ti binary; a B
/// may follow. Never bits.
struct ByteAmount: Equatable {
    let byteCount: Int64

    /// `nil` for what is no such amount, for none at all, and for more than can be counted.
    init?(_ text: String) {
        var rest = Substring(text)
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        rest = rest.dropFirst(digits.count)
        // Seventeen digits are more than anybody means, and as many as are exact.
        guard digits.count <= 17, digits.first != ".", digits.last != ".", let number = Double(digits) else { return nil }
        if rest.hasSuffix("B") { rest = rest.dropLast() }
        guard let factor = Self.factors[String(rest)] else { return nil }
        let product = number * factor
        guard product >= 1, product < 0x1p62 else { return nil }
        byteCount = Int64(product)
    }

    private static let factors: [String: Double] = [
        "": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 0x1p10, "ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30,
        "Ti": 0x1p40,
    ]
}

/// An IP address as its bytes, the highest first: 4 of them, or 16.
///
/// An IPv4 address that is written as an IPv6 one (`::ffff:10.0.0.1`) is the IPv4 address.
struct IPAddress: Equatable {
    let bytes: [UInt8]

    /// Reads an address in its usual form, without brackets, port or zone; `nil` for anything else.
    init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text) else { return nil }
        let mapping = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        self.bytes = bytes.starts(with: mapping) ? Array(bytes.dropFirst(mapping.count)) : bytes
    }

    /// Whether its first bits are those of another address.
    func isWithin(_ network: IPAddress, bitCount: Int) -> Bool {
        guard bytes.count == network.bytes.count else { return false }
        return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let bitCount = min(max(bitCount - 8 * index, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bitCount)
            return (pair.0 ^ pair.1) & mask == 0
        }
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            // Some systems read a leading zero as octal: nobody knows what is meant.
            part.count > 1 && part.hasPrefix("0") || part.hasPrefix("+") ? nil : UInt8(part)
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            return groups(text, areLast: true).flatMap { $0.count == 16 ? $0 : nil }
        }
        guard let start = groups(text[..<gap.lowerBound], areLast: false),
            let end = groups(text[gap.upperBound...], areLast: true)
        else { return nil }
        let missing = 16 - start.count - end.count
        return missing >= 2 ? start + [UInt8](repeating: 0, count: missing) + end : nil
    }

    /// Groups of up to four hex digits with colons between; the last of an address may be an IPv4 address. None at all are fine.
    private static func groups(_ text: some StringProtocol, areLast: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if areLast, index == parts.count - 1, part.contains(".") {
                guard let last = version4(part) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ hexDigit($0) != nil }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

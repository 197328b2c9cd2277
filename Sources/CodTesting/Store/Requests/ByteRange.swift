/// A `Range` field with one range of bytes, RFC 9110 §14.1.2. The service takes no more than one; more are as none.
enum ByteRange: Hashable, Sendable {
    case from(Int64)
    case between(Int64, Int64)
    case last(Int64)

    /// `nil` for what is not understood: such a field is to be ignored.
    init?(_ field: String) {
        guard field.lowercased().hasPrefix("bytes=") else { return nil }
        let ends = field.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        switch (ends[0].isEmpty, ends[1].isEmpty) {
        case (true, true): return nil
        case (true, false):
            guard let count = Self.number(ends[1]) else { return nil }
            self = .last(count)
        case (false, true):
            guard let start = Self.number(ends[0]) else { return nil }
            self = .from(start)
        case (false, false):
            guard let start = Self.number(ends[0]), let end = Self.number(ends[1]), start <= end else { return nil }
            self = .between(start, end)
        }
    }

    /// The bytes of an object that it means; `nil` when it means none.
    func resolved(in byteCount: Int64) -> Range<Int64>? {
        switch self {
        case .from(let start): start < byteCount ? start..<byteCount : nil
        // The end is included: one more, unless that is beyond all numbers.
        case .between(let start, let end): start < byteCount ? start..<min(byteCount - 1, end) + 1 : nil
        case .last(let count): count > 0 && byteCount > 0 ? max(0, byteCount - count)..<byteCount : nil
        }
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(text) : nil
    }
}

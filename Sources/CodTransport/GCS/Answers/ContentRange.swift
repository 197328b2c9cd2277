/// A `Content-Range` header (RFC 9110, section 14.4): which bytes of how many a body holds.
struct ContentRange: Equatable {
    /// The bytes; `nil` for `bytes */total`, which comes with 416.
    let bytes: Range<Int64>?
    /// The size of the whole; `nil` for `*`.
    let total: Int64?

    init(bytes: Range<Int64>?, total: Int64?) {
        self.bytes = bytes
        self.total = total
    }

    /// Reads `bytes first-last/total`. An empty range is taken as some stand-ins for the service write it: `last` is one less
    /// than `first` (`bytes 0--1/0`).
    init?(parsing text: String) {
        let text = text.trimmingASCIIWhitespace
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[1] == "*" {
            total = nil
        } else {
            guard let count = Self.count(parts[1]) else { return nil }
            total = count
        }
        if parts[0] == "*" {
            bytes = nil
            return
        }
        guard let dash = parts[0].firstIndex(of: "-"), let first = Self.count(parts[0][..<dash]) else { return nil }
        let end = parts[0][parts[0].index(after: dash)...]
        guard let last = end == "-1" ? -1 : Self.count(end), last < .max, last + 1 >= first else { return nil }
        if let total, last + 1 > total { return nil }
        bytes = first..<(last + 1)
    }

    private static func count(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}

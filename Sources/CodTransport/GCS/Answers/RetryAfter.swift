/// A `Retry-After` header (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// How long the server asks to wait; `nil` for anything that asks for no wait. A date is compared with the answer's own `Date`
    /// header, so no clock here matters; without one it is ignored.
    static func duration(_ text: String, date: String?) -> Duration? {
        let text = text.trimmingASCIIWhitespace
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let seconds = min(Int64(text) ?? maximumSeconds, maximumSeconds)
            return seconds > 0 ? .seconds(seconds) : nil
        }
        guard let end = HTTPDate.secondsSince1970(text), let now = date.flatMap(HTTPDate.secondsSince1970), end > now else {
            return nil
        }
        return .seconds(min(end - now, maximumSeconds))
    }

    /// More than any policy obeys: keeps sums of durations from overflowing.
    private static let maximumSeconds: Int64 = 1_000_000
}

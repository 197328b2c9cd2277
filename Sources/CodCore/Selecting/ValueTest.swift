/// What one value of an attribute is held against.
enum ValueTest: Hashable, Sendable {
    /// A pattern; and a number where it is one, for numbers that are written in another way.
    case text(Glob, number: Double?)
    /// Numbers, both ends included.
    case range(ClosedRange<Double>)

    /// Reads a pattern or a range.
    init(_ text: String) throws(CodError) {
        if let mark = text.firstRange(of: "..") {
            let (lower, upper) = (text[..<mark.lowerBound], text[mark.upperBound...])
            let ends = (
                lower.isEmpty ? -Double.infinity : Self.number(lower), upper.isEmpty ? Double.infinity : Self.number(upper)
            )
            if let lowest = ends.0, let highest = ends.1, !(lower.isEmpty && upper.isEmpty) {
                guard lowest <= highest else {
                    throw CodError(.invalidSelection, "The range \(text) ends before it begins.", reach: .job)
                }
                self = .range(lowest...highest)
                return
            }
        }
        self = .text(try Glob(text), number: Self.number(text[...]))
    }

    /// Whether a value is one of these. `isNumber`: it is written as a number, not as a text of digits.
    func takes(_ value: String, isNumber: Bool) -> Bool {
        switch self {
        case .text(let glob, let number):
            if isNumber, let number, Self.number(value[...]) == number { return true }
            return glob.matches(value)
        case .range(let range): return Self.number(value[...]).map(range.contains) ?? false
        }
    }

    /// The number that a text of digits is, with a sign, a fraction and an exponent where it has them; `nil` for any other text.
    static func number(_ text: Substring) -> Double? {
        // What Swift reads beyond that, such as "nan" and "0x10", would be a surprise in a text.
        guard text.utf8.count <= 64, text.utf8.contains(where: isDigit),
            text.utf8.allSatisfy({ isDigit($0) || "+-.eE".utf8.contains($0) })
        else { return nil }
        return Double(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

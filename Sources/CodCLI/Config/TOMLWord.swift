/// Values that stand without quotation marks.
enum TOMLWord {
    /// `nil` for what is none, or a time of day.
    static func value(of word: String) -> ConfigValue? {
        if word == "true" { return .truth(true) }
        if word == "false" { return .truth(false) }
        if word.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil { return .text(word) }
        if word.wholeMatch(of: /[+-]?(0|[1-9](_?\d)*)/) != nil {
            return Int(word.replacing("_", with: "")).map { .integer($0) }
        }
        if word.wholeMatch(of: /[+-]?(0|[1-9](_?\d)*)(\.\d(_?\d)*)?([eE][+-]?\d(_?\d)*)?/) != nil {
            return Double(word.replacing("_", with: "")).flatMap { $0.isFinite ? .number($0) : nil }
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
            let digits = word.dropFirst(2)
            guard digits.first?.isHexDigit == true, !digits.hasSuffix("_"), !digits.contains("__") else { return nil }
            return Int(digits.replacing("_", with: ""), radix: radix).map { .integer($0) }
        }
        return nil
    }
}

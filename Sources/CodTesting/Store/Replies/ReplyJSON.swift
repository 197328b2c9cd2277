/// A value of an answer in JSON; objects keep their order.
enum ReplyJSON: Sendable {
    case text(String)
    case number(Int)
    case list([ReplyJSON])
    case object([(name: String, value: ReplyJSON)])

    /// As text, over several lines with two spaces a level, or in one without spaces.
    func encoded(isPretty: Bool) -> String {
        var text = ""
        write(to: &text, indent: isPretty ? "\n" : nil)
        return text
    }

    /// What a selector leaves of it; a list's elements are selected from one by one.
    func selecting(_ selector: FieldSelector) -> ReplyJSON {
        switch self {
        case .text, .number: self
        case .list(let values): .list(values.map { $0.selecting(selector) })
        case .object(let members):
            .object(members.compactMap { name, value in selector[name].map { (name, value.selecting($0)) } })
        }
    }

    private func write(to text: inout String, indent: String?) {
        switch self {
        case .text(let value): Self.write(value, to: &text)
        case .number(let value): text += String(value)
        case .list(let values):
            Self.write(values, between: ("[", "]"), to: &text, indent: indent) { $0.write(to: &$1, indent: $2) }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &text, indent: indent) { member, text, indent in
                Self.write(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func write<Value>(
        _ values: [Value], between brackets: (String, String), to text: inout String, indent: String?,
        with write: (Value, inout String, String?) -> Void
    ) {
        text += brackets.0
        let inner = indent.map { $0 + "  " }
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            text += inner ?? ""
            write(value, &text, inner)
        }
        if !values.isEmpty { text += indent ?? "" }
        text += brackets.1
    }

    /// RFC 8259 §7.
    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case let control where control.value < 0x20:
                text += control.value < 0x10 ? "\\u000" : "\\u00"
                text += String(control.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

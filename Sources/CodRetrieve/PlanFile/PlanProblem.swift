/// Why a line of a plan's file cannot be used: the end of a sentence, and the way out where it is not the usual one.
struct PlanProblem: Error {
    let reason: String
    var recovery: String?

    init(_ reason: String, recovery: String? = nil) {
        self.reason = reason
        self.recovery = recovery
    }

    /// What a decoder says of a line that is JSON and no line of a plan, or no JSON.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context): self.init("\(Self.place(context.codingPath + [key])) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self.init("\(Self.place(context.codingPath)) is not of its kind")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init("\(Self.place(context.codingPath)) cannot be that")
        default: self.init("it is no JSON object, or holds a number that cannot be one")
        }
    }

    /// `instances[3].size`; keys are our own names, never the file's.
    private static func place(_ path: [any CodingKey]) -> String {
        let text = path.reduce("") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
        }
        return text.isEmpty ? "what it holds" : "\"\(text)\""
    }
}

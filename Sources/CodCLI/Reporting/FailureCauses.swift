import CodCore

/// What failed, by cause: the kind of error, how often, and the first of it as an example. Pure.
struct FailureCauses {
    struct Cause: Encodable, Equatable {
        /// The kind, as events name it.
        let code: String
        var count: Int
        /// The first message of that kind.
        let example: String
    }

    /// The most frequent first.
    let causes: [Cause]

    init(_ failures: [CodError]) {
        var causes: [String: Cause] = [:]
        for failure in failures {
            let code = failure.code.description
            causes[code, default: Cause(code: code, count: 0, example: Redaction.clean(failure.message))].count += 1
        }
        self.causes = causes.values.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    }

    /// In one line: `12 × checksumMismatch, 3 × timedOut`.
    var text: String { causes.map { "\($0.count) × \($0.code)" }.joined(separator: ", ") }
}

import CodCore

/// Tells of checks as they end, and what they come to.
struct DoctorReport {
    let isJSON: Bool
    let isQuiet: Bool
    var console = Console.standard
    private(set) var diagnoses: [Diagnosis] = []

    init(isJSON: Bool, isQuiet: Bool) {
        (self.isJSON, self.isQuiet) = (isJSON, isQuiet)
    }

    mutating func add(_ diagnosis: Diagnosis) {
        let isFirst = diagnoses.isEmpty
        diagnoses.append(diagnosis)
        if isJSON {
            print(Line(diagnosis, schema: isFirst ? 1 : nil))
        } else if !isQuiet || diagnosis.verdict == .failed {
            var shown = diagnosis
            // Before it is broken into lines, which may hide what is secret.
            (shown.message, shown.recovery) = (Redaction.clean(diagnosis.message), diagnosis.recovery.map(Redaction.clean))
            for line in Self.lines(of: shown, columnCount: console.resultColumnCount) { console.result(line) }
        }
    }

    func complete() {
        func count(_ verdict: Diagnosis.Verdict) -> Int { diagnoses.filter { $0.verdict == verdict }.count }
        let total = Total(ok: count(.ok), warnings: count(.warning), failed: count(.failed), skipped: count(.skipped))
        if isJSON {
            print(total)
        } else if !isQuiet {
            console.result(total.sentence)
        }
    }

    /// That of the first check that failed.
    var status: ExitStatus {
        guard let first = diagnoses.first(where: { $0.verdict == .failed }) else { return .success }
        return first.code.map { ExitStatus(of: CodError($0, "")) } ?? .failure
    }

    /// A diagnosis with its verdict and title in front, and what to do below it.
    ///
    /// - Parameter columnCount: the width of the terminal that it is shown on; `nil`: it goes elsewhere, and nothing is broken.
    static func lines(of diagnosis: Diagnosis, columnCount: Int? = nil) -> [String] {
        let verdict =
            switch diagnosis.verdict {
            case .ok: "ok"
            case .warning: "warning"
            case .failed: "FAILED"
            case .skipped: "skipped"
            }
        func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        let front = padded(verdict, 9) + padded(diagnosis.check.title, 15)
        let advice = padded("", 24) + "→ "
        return diagnosis.message.hanging(behind: front, columnCount: columnCount)
            + (diagnosis.recovery.map { $0.hanging(behind: advice, columnCount: columnCount) } ?? [])
    }

    private func print(_ value: some Encodable) {
        if let line = try? JSONLines.line(value) { console.result(Redaction.clean(line)) }
    }

    private struct Line: Encodable {
        let schema: Int?
        let event = "check"
        let check: Check
        let verdict: Diagnosis.Verdict
        let message: String
        let recovery: String?
        let code: String?
        let measures: [String: Double]

        init(_ diagnosis: Diagnosis, schema: Int?) {
            self.schema = schema
            (check, verdict, message, recovery) = (diagnosis.check, diagnosis.verdict, diagnosis.message, diagnosis.recovery)
            code = diagnosis.code?.description
            measures = diagnosis.measures.filter { $0.value.isFinite }
        }
    }

    private struct Total: Encodable {
        let event = "complete"
        let ok: Int
        let warnings: Int
        let failed: Int
        let skipped: Int

        var sentence: String {
            if failed == 0, warnings == 0 { return "All is well." }
            let parts = [
                failed > 0 ? "\(failed) failed" : nil, warnings > 0 ? Amount.count(warnings, "warning") : nil,
                skipped > 0 ? "\(skipped) skipped" : nil,
            ]
            return parts.compactMap(\.self).joined(separator: ", ") + "."
        }
    }
}

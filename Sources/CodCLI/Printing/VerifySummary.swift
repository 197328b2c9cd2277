import CodSink

/// How a verification ended, in words.
struct VerifySummary {
    let report: VerificationReport
    let target: VerifyTarget
    let seconds: Double

    var lines: [String] {
        let rate = seconds > 0 ? Int64(Double(report.byteCount) / seconds) : 0
        let verdict = report.isWhole ? "all whole" : found.isEmpty ? "no damage found" : found
        var lines = [
            "Verified \(Amount.count(report.instanceCount, "instance")) (\(Amount.bytes(report.byteCount))) in \(target) in "
                + "\(Amount.time(seconds: seconds)) (\(Amount.bytes(rate))/s): \(verdict)."
        ]
        if report.sizeOnlyCount > 0 {
            lines.append(
                "\(Amount.count(report.sizeOnlyCount, "instance")) of them had been recorded without a checksum: only the size was "
                    + "compared.")
        }
        if report.unverifiedCount > 0 {
            lines.append(
                "\(Amount.count(report.unverifiedCount, "instance")) of them had never been compared with a checksum of their own from "
                    + "the store: whether they are what the store holds is not known.")
        }
        if report[.unknown] > 0 {
            lines.append("\(Amount.count(report[.unknown], "name")) unknown to cod: left as found, not counted as a failure.")
        }
        if report.interruption != nil {
            lines.append("Interrupted: the rest was not looked at.")
        } else if let mending {
            lines.append(mending)
        }
        return lines
    }

    /// What the user can do about it.
    private var mending: String? {
        switch target.what {
        case .folder(let folder):
            report[.missing] + report[.damaged] + report[.unrecorded] > 0
                ? "Run cod download for these studies, to \(folder), to mend what is lost and check what is unrecorded." : nil
        // Each finding says it: not every folder of zips can be noted in.
        case .zips: nil
        }
    }

    /// The failures, kind by kind.
    private var found: String {
        let kinds: [VerificationFinding.Kind] = [.missing, .damaged, .unreadable, .unrecorded]
        var parts = kinds.filter { report[$0] > 0 }.map { "\(report[$0]) \($0.rawValue)" }
        if !report.failures.isEmpty { parts.append("\(Amount.count(report.failures.count, "study")) not there") }
        return parts.joined(separator: ", ")
    }
}

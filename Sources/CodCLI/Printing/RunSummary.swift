import CodCore

/// How a run ended, in words: what is saved, what was verified, what failed and what to do.
struct RunSummary {
    let report: RetrievalReport
    let output: String
    /// Where zips go; `nil`: none are made.
    var zipFolder: String?
    let seconds: Double

    var lines: [String] {
        var lines: [String] = []
        if report.savedCount > 0 {
            let rate = seconds > 0 ? Int64(Double(report.savedByteCount) / seconds) : 0
            lines.append(
                "Saved \(Amount.count(report.savedCount, "instance")) (\(Amount.bytes(report.savedByteCount))) to \(output) in "
                    + "\(Amount.time(seconds: seconds)) (\(Amount.bytes(rate))/s); \(verified).")
        }
        if report.skippedCount > 0 {
            lines.append("\(Amount.count(report.skippedCount, "instance")) had been saved before.")
        }
        if report.isComplete, report.savedCount + report.skippedCount == 0 { lines.append("There is nothing to save.") }
        if report.isComplete, report.savedCount == 0, report.skippedCount > 0 { lines.append("Nothing is missing.") }
        lines += zipped
        lines += failed
        if let interruption = report.interruption, report.savedCount + report.skippedCount > 0 || interruption.isCancellation {
            let stop = interruption.isCancellation ? "Interrupted" : "Stopped early"
            lines.append("\(stop): what is saved stays; the same command goes on from there.")
        }
        return lines
    }

    private var verified: String {
        let restCount = report.savedCount - report.verifiedCount
        if restCount == 0 { return "all verified" }
        if report.verifiedCount == 0 { return "none verified" }
        return "\(report.verifiedCount) verified, \(restCount) not: they have no checksum of their own"
    }

    /// What became of zips; why a study has none is told where that is found out.
    private var zipped: [String] {
        let studies = report.studies.filter { !$0.artifacts.isEmpty }
        guard let zipFolder, !studies.isEmpty else { return [] }
        let partCount = studies.count { !$0.isComplete }
        return ["\(Amount.count(studies.count, "study")) zipped in \(zipFolder)."]
            + (partCount > 0
                ? ["\(Amount.count(partCount, "zip")) not complete: INCOMPLETE.txt in it tells what failed."] : [])
    }

    /// Each series that failed, once, and each study of which nothing else is named.
    private var failed: [String] {
        if report.failures.isEmpty { return [] }
        var seen = Set<String>()
        let named = Set(report.failures.lazy.filter { $0.series != nil }.compactMap(\.study))
        let failures = report.failures.filter { failure in
            if failure.series == nil, let study = failure.study, named.contains(study) { return false }
            return seen.insert(failure.place).inserted
        }
        let (series, studies) = (failures.count { $0.series != nil }, failures.count { $0.series == nil && $0.study != nil })
        let counts = [(series, "series"), (studies, "study")].filter { $0.0 > 0 }.map { Amount.count($0.0, $0.1) }
        if counts.isEmpty { return [] }
        return ["Failed, in whole or in part: \(counts.joined(separator: " and "))"]
            + failures.filter { !$0.place.isEmpty }.map { "  \($0.place)" }
            + (series > 0 ? ["Run the same command again to try what is missing."] : [])
    }
}

extension CodError {
    /// The series, or the study, that failed with it.
    fileprivate var place: String { [study, series].compactMap(\.self).joined(separator: "/") }
}

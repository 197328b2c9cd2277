import CodCore

/// How a run ended, in words: what is saved, what was verified, what failed and what to do.
struct RunSummary {
    let report: RetrievalReport
    let output: String
    /// Where zips go; `nil`: none are made.
    var zipFolder: String?
    let seconds: Double
    /// Where the whole account is; `nil`: nowhere.
    var reportPath: String?

    /// How many of what failed are named again.
    static let mostPlaceCount = 20

    var lines: [String] {
        var lines: [String] = []
        if report.savedCount > 0 {
            let rate = seconds > 0 ? Int64(Double(report.savedByteCount) / seconds) : 0
            lines.append(
                "Saved \(Amount.count(report.savedCount, "instance")) of \(places) (\(Amount.bytes(report.savedByteCount))) to "
                    + "\(output) in \(Amount.time(seconds: seconds)) (\(Amount.bytes(rate))/s\(again)); \(verified).")
        }
        if report.skippedCount > 0 {
            lines.append("\(Amount.count(report.skippedCount, "instance")) had been saved before.")
        }
        if report.isComplete, report.savedCount + report.skippedCount == 0 { lines.append("There is nothing to save.") }
        if report.isComplete, report.savedCount == 0, report.skippedCount > 0 { lines.append("Nothing is missing.") }
        lines += leftOut
        lines += zipped
        lines += failed
        if let interruption = report.interruption, report.savedCount + report.skippedCount > 0 || interruption.isCancellation {
            let stop = interruption.isCancellation ? "Interrupted" : "Stopped early"
            lines.append("\(stop): what is saved stays; the same command goes on from there.")
        }
        return lines
    }

    /// The series that something was saved of in this run, and the studies where there are more.
    private var places: String {
        let counts = report.studies.map { study in study.series.count { $0.instances.contains { !$0.isEarlier } } }.filter {
            $0 > 0
        }
        let series = Amount.count(counts.reduce(0, +), "series")
        return counts.count > 1 ? "\(series) in \(Amount.count(counts.count, "study"))" : series
    }

    /// What else travelled, where something had to be asked for again.
    private var again: String {
        if report.retryCount == 0 { return "" }
        return "; \(Amount.bytes(report.receivedByteCount)) received, \(Amount.count(report.retryCount, "request")) made again"
    }

    /// What a limit leaves for the next run.
    private var leftOut: [String] {
        guard report.leftOutCount > 0 else { return [] }
        let size = report.leftOutByteCount == .max ? "more" : Amount.bytes(report.leftOutByteCount)
        return [
            "The limit of bytes ended it: \(Amount.count(report.leftOutCount, "instance")) (\(size) to fetch) are left. "
                + "The same command goes on from there."
        ]
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
        let places = failures.map(\.place).filter { !$0.isEmpty }
        let restCount = places.count - Self.mostPlaceCount
        let causes = FailureCauses(report.failures.besidesLimits)
        return ["Failed, in whole or in part: \(counts.joined(separator: " and "))"]
            + (causes.causes.count > 1 || restCount > 0 ? ["Causes: \(causes.text)"] : [])
            + places.prefix(Self.mostPlaceCount).map { "  \($0)" }
            + (restCount > 0
                ? ["  and \(restCount) more: each is named with its cause \(reportPath.map { "in \($0)" } ?? "above")"] : [])
            + (series > 0 && !failures.allSatisfy(\.isOfOldPlan) ? ["Run the same command again to try what is missing."] : [])
    }
}

extension CodError {
    /// The series, or the study, that failed with it.
    fileprivate var place: String { [study, series].compactMap(\.self).joined(separator: "/") }
}

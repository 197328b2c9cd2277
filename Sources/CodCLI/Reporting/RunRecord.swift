import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `--report` writes: a run from plan to end, as one JSON object. Documentation/Running.md has its fields.
struct RunRecord: Encodable {
    /// How a run ended.
    enum Outcome: String, Encodable {
        /// All that was asked for is saved.
        case complete
        /// It came to its end, and something failed.
        case incomplete
        /// Nothing failed, and `--max-bytes` leaves something for later.
        case limited
        /// A signal ended it.
        case interrupted
        /// Something that concerns all of it ended it: no credentials, a full disk, a store that cannot be reached.
        case stopped
    }

    /// Failures that are listed; of the others it is said how many there are.
    static let mostFailureCount = 1000

    let schema = 1
    let version = CodVersion.current
    let started: String
    let seconds: Double
    let pausedSeconds: Double
    let outcome: Outcome
    let output: String
    let zipFolder: String?
    let studyCount: Int
    let seriesCount: Int
    let saved: Int
    let savedBytes: Int64
    let verified: Int
    let skipped: Int
    let failed: Int
    let leftOut: Int
    let leftOutBytes: Int64
    let bytesReceived: Int64
    let bytesPerSecond: Int64
    let retries: Int
    let interruption: CodError?
    let causes: [FailureCauses.Cause]
    let failures: [CodError]
    let unlistedFailures: Int
    let studies: [Study]

    struct Study: Encodable {
        let study: String
        let isComplete: Bool
        let artifacts: [String]
        let series: [Series]
    }

    struct Series: Encodable {
        let series: String
        let saved: Int
        let savedBytes: Int64
        let verified: Int
        let skipped: Int
        let failures: Int
    }

    init(
        _ report: RetrievalReport, started: Date, seconds: Double, pausedSeconds: Double, output: String, zipFolder: String?
    ) {
        self.started = started.formatted(Date.ISO8601FormatStyle())
        self.seconds = (seconds * 1000).rounded() / 1000
        self.pausedSeconds = (pausedSeconds * 1000).rounded() / 1000
        outcome = Outcome(of: report)
        self.output = Redaction.clean(output)
        self.zipFolder = zipFolder.map(Redaction.clean)
        studyCount = report.studies.count
        seriesCount = report.studies.reduce(0) { $0 + $1.series.count }
        saved = report.savedCount
        savedBytes = report.savedByteCount
        verified = report.verifiedCount
        skipped = report.skippedCount
        failed = report.failedCount
        leftOut = report.leftOutCount
        leftOutBytes = report.leftOutByteCount
        bytesReceived = report.receivedByteCount
        bytesPerSecond = seconds > 0 ? Int64(Double(report.receivedByteCount) / seconds) : 0
        retries = report.retryCount
        interruption = report.interruption?.withoutSecrets
        let told = report.failures.besidesLimits
        causes = FailureCauses(told).causes
        failures = told.prefix(Self.mostFailureCount).map(\.withoutSecrets)
        unlistedFailures = max(told.count - Self.mostFailureCount, 0)
        studies = report.studies.map(Study.init)
    }

    /// Writes it over what is there, whole or not at all. Throws a ``CodError``.
    func write(to path: String) throws {
        try ArtifactFile.write(try JSONLines.line(self) + "\n", to: path)
    }
}

extension RunRecord.Outcome {
    init(of report: RetrievalReport) {
        if let interruption = report.interruption {
            self = interruption.isCancellation ? .interrupted : .stopped
        } else if report.isComplete {
            self = .complete
        } else {
            self = report.failures.besidesLimits.isEmpty ? .limited : .incomplete
        }
    }
}

extension RunRecord.Study {
    init(_ study: SavedStudy) {
        self.init(
            study: study.uid, isComplete: study.isComplete, artifacts: study.artifacts.map(Redaction.clean),
            series: study.series.map(RunRecord.Series.init))
    }
}

extension RunRecord.Series {
    init(_ saved: SavedSeries) {
        let new = saved.instances.filter { !$0.isEarlier }
        self.init(
            series: saved.id.series, saved: new.count, savedBytes: new.reduce(0) { $0.addingSaturated($1.instance.byteCount) },
            verified: new.count(where: \.isVerified), skipped: saved.instances.count - new.count,
            failures: saved.failures.besidesLimits.count)
    }
}

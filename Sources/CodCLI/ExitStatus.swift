import CodCore
import CodSink

/// How a command ended, as the shell sees it.
enum ExitStatus: Int32, Error {
    case success = 0
    /// The run finished, and something failed.
    case failure = 1
    /// The command line or the source cannot be understood.
    case usage = 64
    /// No study that was named exists.
    case noInput = 66
    /// The endpoint cannot be reached.
    case unavailable = 69
    /// The output cannot be written.
    case cannotCreate = 73
    /// Writing failed in mid-run.
    case ioError = 74
    /// Credentials are missing, wrong or expired.
    case noPermission = 77
    case interrupted = 130
    case terminated = 143

    var code: Int32 { rawValue }

    /// The status of an error that stopped a command.
    init(of error: CodError) {
        self =
            switch error.code {
            case .invalidSource, .invalidIdentifier, .invalidSelection, .insecureEndpoint: .usage
            case .studyNotFound: .noInput
            case .unreachable: .unavailable
            case .outputUnusable: .cannotCreate
            case .writeFailed: .ioError
            case .unauthorized, .forbidden: .noPermission
            case .cancelled: .interrupted
            default: .failure
            }
    }

    /// The status of a run that came to its end, or was stopped by an error that reached the job.
    init(of report: RetrievalReport) {
        if let interruption = report.interruption {
            self.init(of: interruption)
        } else {
            self.init(
                of: report.failures, studyCount: report.studies.count,
                isNothingFound: report.savedCount + report.skippedCount == 0)
        }
    }

    /// The status of a verification.
    init(of report: VerificationReport) {
        self = report.interruption.map { ExitStatus(of: $0) } ?? (report.isWhole ? .success : .failure)
    }

    /// The status that a plan's failures come to, before anything is fetched.
    init(of plan: RetrievalPlan) {
        self.init(
            of: plan.studies.compactMap(\.failure) + plan.series.compactMap(\.failure), studyCount: plan.studies.count,
            isNothingFound: plan.series.allSatisfy { $0.archive == nil })
    }

    /// One cause for all failures is told as such where it left nothing at all: no study exists, no credentials reach any.
    private init(of failures: [CodError], studyCount: Int, isNothingFound: Bool) {
        let statuses = Set(failures.map { ExitStatus(of: $0) })
        if failures.isEmpty {
            self = .success
        } else if statuses == [.noInput], failures.count == studyCount {
            self = .noInput
        } else if isNothingFound, statuses == [.noPermission] || statuses == [.unavailable], let only = statuses.first {
            self = only
        } else {
            self = .failure
        }
    }
}

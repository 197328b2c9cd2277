import CodCore

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
            case .invalidSource, .invalidIdentifier, .insecureEndpoint: .usage
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
            self.init(of: report.failures, isNothingFound: report.savedCount + report.skippedCount == 0)
        }
    }

    /// The status that failures of a plan come to. One cause for all of them is told as such where nothing at all was found.
    init(of failures: [CodError], isNothingFound: Bool) {
        let statuses = Set(failures.map { ExitStatus(of: $0) })
        if statuses.isEmpty {
            self = .success
        } else if isNothingFound, statuses == [.noInput] {
            self = .noInput
        } else if isNothingFound, statuses == [.noPermission] {
            self = .noPermission
        } else if isNothingFound, statuses == [.unavailable] {
            self = .unavailable
        } else {
            self = .failure
        }
    }
}

import CodCore
import CodSink

/// A verification from the first file to the summary.
struct VerifyRun {
    let target: VerifyTarget
    let isJSON: Bool
    let isQuiet: Bool
    var console = Console.standard

    /// Runs it; throws the exit status when it is no success.
    func run() async throws {
        let start = ContinuousClock.now
        let display = ProgressDisplay(style: ProgressDisplay.fitting(isQuiet: isQuiet), console: console)
        let report: VerificationReport
        do {
            report = try await display.showing {
                try await target.run { event in
                    display.note(event)
                    tell(event)
                }
            }
        } catch {
            // Who reads events hears of the end also when there is nothing to verify.
            let failure = CodError.wrapping(error, in: "The verification").reaching(.job)
            for event in VerificationEvent.endingWithoutPlan(failure) { print(event) }
            throw error
        }
        if !isQuiet {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            for line in VerifySummary(report: report, target: target, seconds: seconds).lines { console.say(line) }
        }
        let status = ExitStatus(of: report)
        if status != .success { throw status }
    }

    private func tell(_ event: VerificationEvent) {
        print(event)
        switch event {
        case .plan(let plan) where plan.isBeingWritten && !isQuiet:
            console.say("cod: A download to \(target) is under way: what it has not recorded yet is called unrecorded.")
        case .finding(let finding) where finding.unrecordedSeriesCount == 0: break
        case .finding(let finding) where finding.kind.isFailure || !isQuiet: console.say("cod: \(finding.line(in: target))")
        case .error(let error) where !error.isCancellation: console.fail(error)
        default: break
        }
    }

    private func print(_ event: VerificationEvent) {
        if isJSON, let line = try? JSONLines.line(event) { console.result(line) }
    }
}

extension VerificationFinding {
    /// What, where, why and the way out, on one line whatever the name of the file is.
    fileprivate func line(in target: VerifyTarget) -> String {
        var (path, message) = (path, message)
        if let count = unrecordedSeriesCount, let study, let series {
            path = "\(study)/\(series)"
            message = "There is no record of its \(count) instances: nothing to check them by."
        }
        let text = "\(kind.rawValue): \(target.path(of: path)): \(message)\(recovery.map { " \($0)" } ?? "")"
        return text.replacing("\n", with: "\\n")
    }
}

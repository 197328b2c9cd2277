import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A download from plan to summary.
struct DownloadRun {
    let retrieval: Retrieval
    let isJSON: Bool
    let isQuiet: Bool
    /// Where the account of the run is written; `nil`: nowhere.
    var reportPath: String?
    var console = Console.standard
    private let clock = PauseClock.standard
    private let start = PauseClock.standard.now
    private let startTime = Date.now

    init(retrieval: Retrieval, isJSON: Bool, isQuiet: Bool, reportPath: String? = nil) {
        self.retrieval = retrieval
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        self.reportPath = reportPath
    }

    /// Runs it; throws the exit status when it is no success.
    @discardableResult
    func run() async throws -> RetrievalReport {
        let plan: RetrievalPlan
        do {
            plan = try await retrieval.plan()
        } catch {
            try tellPlanningFailed(error)
            throw error
        }
        let job = retrieval.pipeline.job(for: plan, options: retrieval.options)
        let display = ProgressDisplay(
            style: ProgressDisplay.fitting(isQuiet: isQuiet), console: console, isZipping: retrieval.zips?.isOnly == false)
        let (shown, printed) = (job.events, isJSON ? job.events : nil)
        async let showing: Void = display.follow(shown)
        async let printing: Void = print(printed)
        let report = await job.start()
        _ = await (showing, printing)
        let seconds = (clock.now - start) / .seconds(1)
        if !isQuiet {
            let summary = RunSummary(
                report: report, output: retrieval.output, zipFolder: retrieval.zips?.folder, seconds: seconds,
                reportPath: reportPath)
            for line in summary.lines { console.say(line) }
        }
        var status = retrieval.status(ExitStatus(of: report))
        if !writeRecord(of: report), status == .success { status = .ioError }
        if status != .success { throw status }
        return report
    }

    private func print(_ events: EventSequence?) async {
        guard let events else { return }
        for await event in events {
            if let line = try? JSONLines.line(event) { console.result(line) }
        }
    }

    /// Writes the account of the run where one is asked for; says so, and answers `false`, when that fails.
    private func writeRecord(of report: RetrievalReport) -> Bool {
        guard let reportPath else { return true }
        do {
            try RunRecord(
                report, started: startTime, seconds: (clock.now - start) / .seconds(1),
                pausedSeconds: clock.pausedTime / .seconds(1), output: retrieval.output, zipFolder: retrieval.zips?.folder
            ).write(to: reportPath)
            return true
        } catch {
            console.fail(CodError.wrapping(error, in: "The report"))
            return false
        }
    }

    /// Who reads events, or the account of the run, hears of the end also when there is no plan.
    private func tellPlanningFailed(_ error: any Error) throws {
        let failure = CodError.wrapping(error, in: "Planning").reaching(.job)
        var report = RetrievalReport()
        report.interruption = failure
        _ = writeRecord(of: report)
        guard isJSON else { return }
        for event in RetrievalEvent.endingWithoutPlan(failure) { console.result(try JSONLines.line(event)) }
    }
}

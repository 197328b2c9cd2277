import CodCore

/// A download from plan to summary.
struct DownloadRun {
    let retrieval: Retrieval
    let isJSON: Bool
    let isQuiet: Bool
    var console = Console.standard

    /// Runs it; throws the exit status when it is no success.
    @discardableResult
    func run() async throws -> RetrievalReport {
        let start = ContinuousClock.now
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
        if !isQuiet {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let summary = RunSummary(
                report: report, output: retrieval.output, zipFolder: retrieval.zips?.folder, seconds: seconds)
            for line in summary.lines { console.say(line) }
        }
        let status = retrieval.status(ExitStatus(of: report))
        if status != .success { throw status }
        return report
    }

    private func print(_ events: EventSequence?) async {
        guard let events else { return }
        for await event in events {
            if let line = try? JSONLines.line(event) { console.result(line) }
        }
    }

    /// Who reads events hears of the end also when there is no plan.
    private func tellPlanningFailed(_ error: any Error) throws {
        guard isJSON else { return }
        let failure = CodError.wrapping(error, in: "Planning").reaching(.job)
        for event in RetrievalEvent.endingWithoutPlan(failure) { console.result(try JSONLines.line(event)) }
    }
}

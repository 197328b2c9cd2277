/// A way from a store to where instances are saved: stages, joined.
///
/// ```swift
/// let pipeline = Pipeline {
///     GCSFetcher(bucket)
///     TarExtractor()
///     ChecksumVerifier()
///     DirectorySink(at: "studies")
/// }
/// let report = try await pipeline.run(bucket.plan(for: ["1.2.840…"]))
/// ```
///
/// It may be run any number of times, one run at a time: a sink keeps track of the run that it is in.
public struct Pipeline: Sendable {
    let stages: SavingChain<Portion>

    /// Joins stages, from top to bottom.
    public init(@PipelineBuilder _ stages: () -> SavingChain<Portion>) {
        self.stages = stages()
    }

    /// A job that retrieves what the plan holds and the sink does not. Nothing happens until it is started.
    public func job(for plan: RetrievalPlan, options: RetrievalOptions = RetrievalOptions()) -> Job {
        Job(pipeline: self, plan: plan, options: options)
    }

    /// Retrieves what the plan holds and the sink does not.
    ///
    /// Failures of instances, series and studies are in the report; see ``RetrievalReport/isComplete``. An error is thrown when the
    /// job as a whole could not go on: no credentials, a full disk, cancellation. What is saved by then stays, and the next run
    /// fetches the rest.
    @discardableResult
    public func run(_ plan: RetrievalPlan, options: RetrievalOptions = RetrievalOptions()) async throws -> RetrievalReport {
        let report = await job(for: plan, options: options).start()
        if let interruption = report.interruption { throw interruption }
        return report
    }

    /// How much there is, how much of it the sink holds, and how much is to travel. Changes nothing.
    public func stats(of plan: RetrievalPlan, options: RetrievalOptions = RetrievalOptions()) async throws -> DownloadStats {
        DownloadStats(try await work(for: plan, options: options))
    }

    /// How much a run would have to do, and why it would not begin: `nil` when nothing is known to be in its way. Changes nothing.
    public func rehearse(
        _ plan: RetrievalPlan, options: RetrievalOptions = RetrievalOptions()
    ) async throws -> (stats: DownloadStats, obstacle: CodError?) {
        let rehearsal = try await rehearsal(of: plan, options: options)
        return (rehearsal.stats, rehearsal.obstacle)
    }

    /// The same, and how much of it one run does.
    package func rehearsal(of plan: RetrievalPlan, options: RetrievalOptions) async throws -> Rehearsal {
        let work = try await work(for: plan, options: options)
        do {
            try await requireRoom(for: work)
            return Rehearsal(of: work, obstacle: nil)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return Rehearsal(of: work, obstacle: CodError.wrapping(error, in: "The output"))
        }
    }

    /// Throws when the sink or a finisher is known to be unable to do its part of the work.
    func requireRoom(for work: Work) async throws {
        try await stages.output.requireRoom(work.missingByteCounts)
        let finishers = stages.perStudy.finishers
        if finishers.isEmpty { return }
        let studies = work.studies.filter { $0.failure == nil }.map(ExpectedStudy.init)
        for finisher in finishers { try await finisher.requireRoom(studies) }
    }

    /// What is left to do of a plan: the portions around what the sink holds.
    func work(for plan: RetrievalPlan, options: RetrievalOptions) async throws -> Work {
        var saved: [SeriesID: [SavedInstance]] = [:]
        var unlistedSaved: [SeriesID: Bool] = [:]
        for series in plan.series where series.archive != nil {
            try Task.checkCancellation()
            let held = try await stages.output.inventory(series)
            if !held.isEmpty { saved[series.id] = held }
            if series.isWantedWhole, !held.isEmpty {
                let isSaved = try await stages.output.holdsUnlisted(series)
                // Where nothing is known to be lost, what may be there is for the planner to judge.
                if !isSaved || series.mayHoldUnlisted { unlistedSaved[series.id] = isSaved }
            }
        }
        return Work(
            plan: plan, saved: saved, unlistedSaved: unlistedSaved, planner: Planner(policy: options.planning),
            connectionCount: options.connectionCount, maximumByteCount: options.maximumByteCount)
    }
}

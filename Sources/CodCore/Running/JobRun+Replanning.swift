internal import Logging

/// Planning a series again whose archive changed in mid-run.
extension JobRun {
    /// Asks the catalog for the series as it is now, and the sink for what it holds of that.
    ///
    /// It waits a little first: whoever rewrites a series writes more than one object, and an old answer that a cache gave needs time
    /// to go.
    func planAgain(_ old: SeriesPlan) async -> Result<SeriesReplan, CodError> {
        do {
            options.logger.notice("Series \(old.id) changed while it was retrieved; it is planned again.")
            try await options.timing.sleep(options.retry.delay(afterFailures: 1, jitter: options.timing.jitter()))
            let new = try await currentPlan(of: old)
            let held = try await pipeline.stages.output.inventory(new)
            let replan = SeriesReplan(plan: new, held: held)
            tellDifference(replan, from: old)
            return .success(replan)
        } catch {
            let failure = CodError.wrapping(error, in: "Planning again").located(in: old.id)
            return .failure(failure.reaching(max(failure.reach, .series)))
        }
    }

    private func currentPlan(of old: SeriesPlan) async throws -> SeriesPlan {
        var selection = plan.selection
        selection.series = [old.id.series]
        let request = RetrievalRequest(studies: [old.id.study], selection: selection, layout: plan.layout)
        guard let new = try await plan.catalog?.plan(request) else {
            throw Self.unplannable(old, "nothing is known of what planned it.")
        }
        if let failure = new.studies.first?.failure { throw Self.unplannable(old, failure.message, cause: failure) }
        guard let series = new.series.first(where: { $0.id == old.id }) else {
            throw Self.unplannable(old, "it is no longer there, or no longer one that was asked for.")
        }
        if let failure = series.failure { throw Self.unplannable(old, failure.message, cause: failure) }
        // A catalog of another store may stand in a plan that was put together by hand.
        guard let archive = series.archive, archive.url == old.archive?.url else {
            throw Self.unplannable(old, "there are no instances in it any more.")
        }
        return series.wantedAs(in: old)
    }

    private static func unplannable(_ series: SeriesPlan, _ reason: String, cause: CodError? = nil) -> CodError {
        CodError(
            .objectChanged, "The series changed while it was retrieved, and cannot be planned again: \(reason)",
            recovery: "Run the same command again later; what is saved stays.", cause: cause)
    }

    private func tellDifference(_ replan: SeriesReplan, from old: SeriesPlan) {
        for notice in replan.plan.notices.subtracting(old.notices) {
            options.logger.notice("\(notice.sentence(for: old.id))")
        }
        let goneCount = replan.goneCount(from: old)
        guard goneCount > 0 else { return }
        options.logger.notice(
            "Instances of series \(old.id) that it does not list any more: \(goneCount). What was saved of them stays where it is."
        )
    }
}

extension SeriesPlan {
    /// The same, with the old plan's word on the instances that it listed: what others have been given to fetch stays theirs. New
    /// instances are wanted as the selection says.
    fileprivate func wantedAs(in old: SeriesPlan) -> SeriesPlan {
        let wasWanted = Dictionary(old.instances.lazy.map { ($0.uid, $0.isWanted) }) { first, _ in first }
        var series = self
        for position in series.instances.indices {
            guard let isWanted = wasWanted[series.instances[position].uid] else { continue }
            series.instances[position].isWanted = isWanted
        }
        return series
    }
}

/// Decides what is done next: which portion on which lane, when a study is ready to be finished, when all is over. Pure: what
/// happened goes in, what to do comes out.
///
/// Portions are taken in the plan's order, so studies end one after the other; at most one portion a lane, and at most one study
/// being finished, are under way at a time.
struct Scheduler {
    enum Action {
        /// Fetch a portion on a lane.
        case fetch(Portion, lane: Int)
        /// Run the finishers of a study.
        case finish(SavedStudy)
    }

    private struct Study {
        let work: StudyWork
        var openSeriesCount: Int
    }

    private let planner: Planner
    private var studies: [Study]
    private var ledgers: [SeriesID: SeriesLedger] = [:]
    private var studyOfSeries: [SeriesID: Int] = [:]
    private var waiting: [Portion]
    private var freeLanes: [Int]
    private var readyStudies: [Int] = []
    private var isFinishing = false
    private var artifacts: [String: [String]] = [:]
    private var isStopped = false

    init(work: Work, planner: Planner, connectionCount: Int) {
        self.planner = planner
        studies = work.studies.map { study in
            Study(work: study, openSeriesCount: study.series.count { !$0.portions.isEmpty })
        }
        for (position, study) in work.studies.enumerated() {
            for series in study.series {
                ledgers[series.plan.id] = SeriesLedger(work: series)
                studyOfSeries[series.plan.id] = position
            }
        }
        // Taken from the end.
        waiting = work.studies.flatMap { $0.series.flatMap(\.portions) }.reversed()
        freeLanes = Array((0..<connectionCount).reversed())
        readyStudies = studies.indices.filter { studies[$0].openSeriesCount == 0 && studies[$0].work.failure == nil }
    }

    /// What to do now; `nil` when there is nothing until something under way ends.
    mutating func next() -> Action? {
        if isStopped { return nil }
        if !isFinishing, !readyStudies.isEmpty {
            isFinishing = true
            return .finish(savedStudy(readyStudies.removeFirst()))
        }
        guard let lane = freeLanes.last, let portion = waiting.popLast() else { return nil }
        freeLanes.removeLast()
        return .fetch(portion, lane: lane)
    }

    /// A portion has ended. Answers the series' outcome when it was the last of its series, and the portions that are to be
    /// fetched again.
    mutating func ended(
        _ portion: Portion, lane: Int, result: SavedSeries
    ) -> (outcome: SavedSeries?, again: [Portion]) {
        freeLanes.append(lane)
        guard var ledger = ledgers[portion.series] else { return (nil, []) }
        let again = ledger.close(result, planner: isStopped ? nil : planner)
        waiting += again.reversed()
        ledgers[portion.series] = ledger
        guard ledger.isClosed else { return (nil, again) }
        if let study = studyOfSeries[portion.series] {
            studies[study].openSeriesCount -= 1
            if studies[study].openSeriesCount == 0 { readyStudies.append(study) }
        }
        return (ledger.outcome, again)
    }

    /// The finishers of a study have ended; `study` is what they made of it, `nil` when they failed.
    mutating func finished(_ study: SavedStudy?) {
        isFinishing = false
        if let study { artifacts[study.uid] = study.artifacts }
    }

    /// Nothing new is begun from now on.
    mutating func stop() { isStopped = true }

    /// What every study came to so far, in the plan's order.
    var savedStudies: [SavedStudy] { studies.indices.map(savedStudy) }

    /// Instances that were asked for and are not saved, and series and studies of which nothing is known.
    var failedCount: Int {
        studies.reduce(0) { sum, study in
            study.work.series.reduce(sum + (study.work.failure == nil ? 0 : 1)) { sum, series in
                sum + (series.plan.failure == nil ? ledgers[series.plan.id]?.failedCount ?? 0 : 1)
            }
        }
    }

    private func savedStudy(_ position: Int) -> SavedStudy {
        let work = studies[position].work
        return SavedStudy(
            uid: work.uid,
            series: work.series.map { series in
                if let failure = series.plan.failure { return SavedSeries(id: series.plan.id, failures: [failure]) }
                return ledgers[series.plan.id]?.outcome ?? SavedSeries(id: series.plan.id)
            },
            artifacts: artifacts[work.uid] ?? [])
    }
}

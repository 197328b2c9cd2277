/// Decides what is done next: which portion on which lane, when a study is ready to be finished, when all is over. Pure: what
/// happened goes in, what to do comes out.
///
/// Portions are taken in the plan's order, so studies end one after the other; at most one portion a lane, and at most one study
/// being finished, are under way at a time.
struct Scheduler {
    enum Action {
        /// Fetch a portion on a lane.
        case fetch(Portion, lane: Int)
        /// Plan a series again: its archive is no longer the one of the plan. It takes a lane, so that no more than that many are
        /// planned at a time.
        case planAgain(SeriesPlan, lane: Int)
        /// Run the finishers of a study.
        case finish(SavedStudy)
    }

    /// What the end of something under way means for its series.
    struct Ending {
        /// What the series came to, when this was the last of it.
        var outcome: SavedSeries?
        /// The portions that are to be fetched once more, or in place of the old ones.
        var again: [Portion] = []
        /// Why the whole job is to stop.
        var interruption: CodError?
        /// How many portions are fetched at a time from now on, where that has changed.
        var laneLimit: Int?
    }

    private struct Study {
        let work: StudyWork
        var openSeriesCount: Int
    }

    /// What is left of a series' ledger when it is closed.
    private struct Standing {
        let outcome: SavedSeries
        let failedCount: Int

        init(_ ledger: SeriesLedger) {
            outcome = ledger.outcome
            failedCount = ledger.failedCount
        }
    }

    private let planner: Planner
    private let connectionCount: Int
    /// The instances that were asked for by name.
    private let namedInstances: Set<String>
    private var studies: [Study]
    private let places: SeriesPlaces
    private let canPlanAgain: Bool
    /// Of the series that have begun and have not ended.
    private var ledgers: [SeriesID: SeriesLedger] = [:]
    private var ended: [SeriesID: Standing] = [:]
    private var waiting: [Portion]
    /// The series that wait to be planned again, the first in front.
    private var awaitingPlan: [SeriesID] = []
    private var freeLanes: [Int]
    private var laneLimit: LaneLimit
    private var growth: LaneGrowth?
    private var readyStudies: [Int] = []
    private var isFinishing = false
    private var artifacts: [String: [String]] = [:]
    private var isStopped = false

    /// - Parameters:
    ///   - canPlanAgain: whether there is a catalog for series that change in mid-run.
    ///   - namedInstances: the instances that were asked for by name.
    ///   - growth: how many lanes are in use; `nil`: as many as there are connections.
    init(
        work: Work, planner: Planner, connectionCount: Int, canPlanAgain: Bool = false, namedInstances: Set<String> = [],
        growth: LaneGrowth? = nil
    ) {
        self.growth = growth
        self.planner = planner
        self.connectionCount = connectionCount
        self.namedInstances = namedInstances
        studies = work.studies.map { study in
            Study(work: study, openSeriesCount: study.series.count { !$0.portions.isEmpty })
        }
        places = SeriesPlaces(work)
        self.canPlanAgain = canPlanAgain
        // Taken from the end.
        waiting = work.studies.flatMap { $0.series.flatMap(\.portions) }.reversed()
        freeLanes = Array((0..<connectionCount).reversed())
        laneLimit = LaneLimit(laneCount: connectionCount)
        readyStudies = studies.indices.filter { studies[$0].openSeriesCount == 0 && studies[$0].work.failure == nil }
    }

    /// What was to be done for a series when the run began; `nil` where it is none of the run's.
    func work(of series: SeriesID) -> SeriesWork? { places[series] }

    /// What to do now; `nil` when there is nothing until something under way ends.
    mutating func next() -> Action? {
        if isStopped { return nil }
        if !isFinishing, !readyStudies.isEmpty {
            isFinishing = true
            return .finish(savedStudy(readyStudies.removeFirst()))
        }
        guard usedLaneCount < min(laneLimit.count, growth?.count ?? .max), let lane = freeLanes.last else { return nil }
        if let series = awaitingPlan.first, let plan = ledgers[series]?.work.plan {
            awaitingPlan.removeFirst()
            freeLanes.removeLast()
            return .planAgain(plan, lane: lane)
        }
        guard let portion = waiting.popLast() else { return nil }
        freeLanes.removeLast()
        laneLimit.began(on: lane)
        return .fetch(portion, lane: lane)
    }

    private var usedLaneCount: Int { connectionCount - freeLanes.count }

    /// In how long ``measured(_:now:)`` is to be called, though nothing ends: where there is more to do than lanes in use.
    var measurementPause: Duration? {
        guard !isStopped, !waiting.isEmpty, let growth, growth.wantsMeasurement else { return nil }
        return growth.window
    }

    /// What has arrived so far on all lanes, and when that is. Answers how many lanes are in use from now on, where that has changed.
    mutating func measured(_ traffic: Traffic, now: Duration) -> Int? {
        guard var growth else { return nil }
        let count = growth.count
        growth.measured(
            traffic, usedCount: usedLaneCount, limit: laneLimit.count, isWorkWaiting: !waiting.isEmpty, now: now)
        self.growth = growth
        return growth.count == count ? nil : growth.count
    }

    /// A portion has ended.
    mutating func ended(_ portion: Portion, lane: Int, result: SavedSeries) -> Ending {
        let usedLaneCount = usedLaneCount
        freeLanes.append(lane)
        guard var ledger = takeLedger(of: portion.series) else { return Ending() }
        if result.failures.contains(where: \.isOfChangedObject) {
            // The others of the old archive would fail in the same way.
            let waitingCount = waiting.count
            waiting.removeAll { $0.series == portion.series }
            ledger.withdraw(waitingCount - waiting.count)
        }
        let isTriedWithFewer = !isStopped && result.hasLackedFiles && laneLimit.lower(after: lane, usedCount: usedLaneCount)
        let again =
            isTriedWithFewer
            ? ledger.breakOff(portion, with: result, planner: planner)
            : ledger.close(portion, result, planner: isStopped ? nil : planner)
        if ledger.awaitsPlan { awaitingPlan.append(portion.series) }
        var ending = settle(ledger, again: again)
        ending.laneLimit = laneLimit.takeNews()
        if !isTriedWithFewer { ending.interruption = result.failures.first { $0.reach == .job } }
        return ending
    }

    /// A series was planned again, or could not be.
    mutating func plannedAgain(_ series: SeriesID, lane: Int, result: Result<SeriesReplan, CodError>) -> Ending {
        freeLanes.append(lane)
        guard var ledger = takeLedger(of: series) else { return Ending() }
        var again: [Portion] = []
        switch result {
        case .success(let replan):
            let following = waiting.reduce(Int64(0)) { $0.addingSaturated($1.byteCount ?? 0) }
            again = ledger.planned(
                replan, named: namedInstances, planner: planner, connectionCount: connectionCount,
                followingByteCount: following)
        case .failure(let error): ledger.couldNotBePlanned(error)
        }
        var ending = settle(ledger, again: again)
        if case .failure(let error) = result, error.reach == .job { ending.interruption = error }
        return ending
    }

    private mutating func settle(_ ledger: SeriesLedger, again: [Portion]) -> Ending {
        let series = ledger.work.plan.id
        waiting += again.reversed()
        guard ledger.isClosed else {
            ledgers[series] = ledger
            return Ending(again: again)
        }
        let standing = Standing(ledger)
        ended[series] = standing
        if let study = places.study(of: series) {
            studies[study].openSeriesCount -= 1
            if studies[study].openSeriesCount == 0 { readyStudies.append(study) }
        }
        return Ending(outcome: standing.outcome, again: again)
    }

    /// Taken out, because what is changed while it is in there is copied; a series that has just begun gets one. `nil` for a series that
    /// has ended.
    private mutating func takeLedger(of series: SeriesID) -> SeriesLedger? {
        if let ledger = ledgers.removeValue(forKey: series) { return ledger }
        return ended[series] == nil ? places[series].map(newLedger) : nil
    }

    private func newLedger(_ work: SeriesWork) -> SeriesLedger {
        SeriesLedger(work: work, canBePlannedAgain: canPlanAgain)
    }

    private func standing(of work: SeriesWork) -> Standing {
        ended[work.plan.id] ?? Standing(ledgers[work.plan.id] ?? newLedger(work))
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
                sum + (series.plan.failure == nil ? standing(of: series).failedCount : 1)
            }
        }
    }

    private func savedStudy(_ position: Int) -> SavedStudy {
        let work = studies[position].work
        return SavedStudy(
            uid: work.uid,
            series: work.series.map { series in
                if let failure = series.plan.failure { return SavedSeries(id: series.plan.id, failures: [failure]) }
                return standing(of: series).outcome
            },
            artifacts: artifacts[work.uid] ?? [])
    }
}

/// What is to be done for one series in one run: the plan less what is saved.
package struct SeriesWork: Sendable {
    package let plan: SeriesPlan
    /// The wanted instances that earlier runs saved.
    package let saved: [SavedInstance]
    /// What is to be fetched.
    package let portions: [Portion]
    /// Says that a limit of bytes leaves some of it for later, and none of the fields above has that; `nil` when it has all.
    package var leftOut: CodError?

    package var isComplete: Bool { portions.isEmpty && plan.failure == nil }

    /// The wanted instances that are not saved.
    package var missing: [PlannedInstance] {
        if saved.isEmpty, plan.isWantedWhole { return plan.instances }
        let held = Set(saved.lazy.map(\.instance.uid))
        return plan.instances.filter { $0.isWanted && !held.contains($0.uid) }
    }

    /// The sizes of the wanted instances that are not saved, as far as the archive can hold them: one series whose metadata is wrong
    /// must not ask for more room than there can be in it.
    package var credibleByteCounts: [Int64] {
        guard let archive = plan.archive else { return [] }
        var rest = archive.byteCount ?? .max
        return missing.compactMap { instance in
            guard let byteCount = instance.byteCount, (0...rest).contains(byteCount) else { return nil }
            rest -= byteCount
            return byteCount
        }
    }

    /// The sizes of the wanted instances that are not saved, added up.
    package var missingByteCount: Int64 { missing.reduce(0) { $0 + ($1.byteCount ?? 0) } }
}

/// What is to be done for one study in one run.
package struct StudyWork: Sendable {
    package let uid: String
    package let failure: CodError?
    package let series: [SeriesWork]
}

/// What is to be done in one run.
package struct Work: Sendable {
    package let studies: [StudyWork]
    /// What is left for later, because of a limit of bytes; `nil`: nothing is.
    package let leftOut: LeftOut?
    /// The same studies with what is left for later.
    package let allStudies: [StudyWork]

    /// The sizes of the wanted instances that are not saved, where they are known.
    package var missingByteCounts: [Int64] { studies.flatMap { $0.series.flatMap(\.credibleByteCounts) } }

    /// Cuts a plan into portions, around what is saved. `saved` holds an entry for each series that has something saved;
    /// `unlistedSaved` tells of series, where it is known, whether entries that the metadata does not list are all saved.
    package init(
        plan: RetrievalPlan, saved: [SeriesID: [SavedInstance]], unlistedSaved: [SeriesID: Bool] = [:], planner: Planner,
        connectionCount: Int
    ) {
        self.init(
            plan: plan, saved: saved, unlistedSaved: unlistedSaved, planner: planner, connectionCount: connectionCount,
            cutting: [], leftOut: nil, of: nil)
    }

    /// - Parameters:
    ///   - cutting: the series of which something is left for later.
    ///   - all: the studies with what is left; `nil`: nothing is.
    init(
        plan: RetrievalPlan, saved: [SeriesID: [SavedInstance]], unlistedSaved: [SeriesID: Bool], planner: Planner,
        connectionCount: Int, cutting: Set<SeriesID>, leftOut: LeftOut?, of all: [StudyWork]?
    ) {
        self.leftOut = leftOut
        let held = saved.mapValues { Set($0.map(\.instance.uid)) }
        let byteCount = plan.series.reduce(Int64(0)) { sum, series in
            sum.addingSaturated(series.byteCount(without: held[series.id] ?? []))
        }
        // The archives that come last are split, so that no connection is idle while another has a long one to read.
        var rounds = SliceRounds(byteCount: byteCount, connectionCount: connectionCount, policy: planner.policy)
        // Plans may be joined by hand: a study or series that is named twice is done once.
        var seenStudies = Set<String>()
        var seenSeries = Set<SeriesID>()
        let studies = plan.studies.filter { seenStudies.insert($0.uid).inserted }.map { study in
            StudyWork(
                uid: study.uid, failure: study.failure,
                series: study.series.compactMap { series in
                    guard seenSeries.insert(series.id).inserted else { return nil }
                    return SeriesWork(
                        plan: series, saved: saved[series.id] ?? [],
                        portions: planner.portions(
                            of: series, without: held[series.id] ?? [],
                            areUnlistedSaved: unlistedSaved[series.id], in: &rounds),
                        leftOut: cutting.contains(series.id) ? leftOut?.error(of: series.id) : nil)
                })
        }
        self.studies = studies
        allStudies = all ?? studies
    }
}

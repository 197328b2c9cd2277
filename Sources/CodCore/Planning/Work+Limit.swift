extension Work {
    /// How many bytes of archives are to be fetched, as far as that is known.
    package var transferByteCount: Int64 {
        studies.reduce(0) { sum, study in
            study.series.reduce(sum) { $1.portions.reduce($0) { $0.addingSaturated($1.byteCount ?? .max) } }
        }
    }

    /// Cuts a plan into portions, around what is saved, that have no more than so many bytes together; see ``ByteLimit``.
    init(
        plan: RetrievalPlan, saved: [SeriesID: [SavedInstance]], unlistedSaved: [SeriesID: Bool] = [:], planner: Planner,
        connectionCount: Int, maximumByteCount: Int64?
    ) {
        let all = Work(
            plan: plan, saved: saved, unlistedSaved: unlistedSaved, planner: planner, connectionCount: connectionCount)
        guard let maximumByteCount, all.transferByteCount > maximumByteCount else {
            self = all
            return
        }
        var limit = ByteLimit(maximumByteCount, policy: planner.policy)
        var cut: [SeriesID: SeriesPlan] = [:]
        for series in all.studies.lazy.flatMap(\.series) { cut[series.plan.id] = limit.cut(series) }
        var fitting = plan
        for study in fitting.studies.indices {
            for series in fitting.studies[study].series.indices {
                if let plan = cut[fitting.studies[study].series[series].id] { fitting.studies[study].series[series] = plan }
            }
        }
        self.init(
            plan: fitting, saved: saved, unlistedSaved: unlistedSaved, planner: planner, connectionCount: connectionCount,
            cutting: Set(cut.keys), leftOut: limit.leftOut, of: all.studies)
    }
}

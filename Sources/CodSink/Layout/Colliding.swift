internal import CodCore

/// Which studies, series and instances of a run cannot all have their plain names on a disk that ignores case: all of these get
/// marked ones, so that it does not matter which of them comes first.
struct Colliding: Sendable {
    private(set) var studies: Set<String> = []
    private(set) var series: Set<SeriesID> = []
    /// Of series that have any.
    private(set) var instances: [SeriesID: Set<String>] = [:]

    /// The studies and series of a plan.
    mutating func add(_ plan: RetrievalPlan) {
        studies.formUnion(DiskName.colliding(plan.studies.map(\.uid)))
        for study in plan.studies {
            let colliding = DiskName.colliding(study.series.map(\.id.series))
            series.formUnion(colliding.map { SeriesID(study: study.uid, series: $0) })
        }
    }

    /// The instances of a series.
    mutating func add(_ instances: some Sequence<String>, of series: SeriesID) {
        let colliding = DiskName.colliding(instances, suffix: OutputLayout.instanceSuffix)
        if !colliding.isEmpty { self.instances[series, default: []].formUnion(colliding) }
    }
}

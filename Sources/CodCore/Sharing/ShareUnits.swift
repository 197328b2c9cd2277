/// What a plan is shared out by, each with its weight: studies, or series and parts of series. Pure.
struct ShareUnits {
    /// Something that goes to one share as a whole.
    struct Unit {
        /// Where its study stands in the plan.
        let study: Int
        /// Where its series stands in the study; `nil`: what concerns the study itself, or all of it where studies stay whole.
        var series: Int?
        /// Which part of the series; `nil`: all of it.
        var part: Int?
        let byteCount: Int64
        /// Two of one series have the same; the shares are made in the order of these.
        let key: String

        /// Everything weighs something, or all that is empty would fall to one share.
        var weight: Int64 { max(byteCount, 1) }
    }

    /// In the order in which they are shared out, which is that of their identifiers: the order of the studies in the plan does not
    /// matter.
    private(set) var units: [Unit] = []
    /// The parts of series that are cut, by their places in the plan.
    private(set) var parts: [Place: [SeriesPart]] = [:]

    /// The place of a series in a plan.
    struct Place: Hashable {
        let study: Int
        let series: Int
    }

    /// - Parameter keepsStudiesWhole: whether studies are what is shared out, each as a whole.
    init(_ plan: RetrievalPlan, shareCount: Int, keepsStudiesWhole: Bool, policy: SharingPolicy = SharingPolicy()) {
        let total = plan.series.reduce(Int64(0)) { $0.addingSaturated($1.byteCount(without: [])) }
        let partByteCount = policy.partByteCount(ofShareOf: total / Int64(max(shareCount, 1)))
        var seenStudies = Set<String>()
        var seenSeries = Set<SeriesID>()
        for (position, study) in plan.studies.enumerated() where seenStudies.insert(study.uid).inserted {
            if keepsStudiesWhole {
                let byteCount = study.series.reduce(Int64(0)) { $0.addingSaturated($1.byteCount(without: [])) }
                units.append(Unit(study: position, byteCount: byteCount, key: study.uid))
                continue
            }
            if study.failure != nil || study.series.isEmpty {
                units.append(Unit(study: position, byteCount: 0, key: study.uid))
            }
            for (number, series) in study.series.enumerated() where seenSeries.insert(series.id).inserted {
                add(series, at: Place(study: position, series: number), partByteCount)
            }
        }
        // Stable: parts of one series stay in their order.
        units = units.enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }.map(\.element)
    }

    private mutating func add(_ series: SeriesPlan, at place: Place, _ partByteCount: Int64) {
        let key = series.id.description
        let parts = series.parts(of: partByteCount)
        guard parts.count > 1 else {
            let byteCount = parts.first?.byteCount ?? 0
            units.append(Unit(study: place.study, series: place.series, byteCount: byteCount, key: key))
            return
        }
        self.parts[place] = parts
        for (number, part) in parts.enumerated() {
            units.append(
                Unit(study: place.study, series: place.series, part: number, byteCount: part.byteCount, key: key))
        }
    }

    /// The units of one share.
    func units(of shard: Shard) -> [Unit] {
        let total = units.reduce(UInt128(0)) { $0 + UInt128(clamping: $1.weight) }
        let shares = EvenShares(total: total, count: shard.count)
        var start: UInt128 = 0
        return units.filter { unit in
            defer { start += UInt128(clamping: unit.weight) }
            return shares.index(from: start, byteCount: unit.weight) == shard.index
        }
    }
}

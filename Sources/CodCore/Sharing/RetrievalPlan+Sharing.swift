extension RetrievalPlan {
    /// One share of the plan, for a cluster's workers. Shares are disjoint, together they are the plan, and they are the same on every
    /// machine, whatever is saved there and in whatever order the studies were named.
    ///
    /// The plan is divided by bytes, in the order of its series' identifiers: no share has more than the mean and the largest thing that
    /// cannot be cut. That is a series that is short against a share, or that can only be fetched as a whole; long ones are cut between
    /// instances. What cannot be retrieved is in one share, too, so that it is reported once.
    ///
    /// - Parameters:
    ///   - shard: which share, and of how many.
    ///   - keepsStudiesWhole: whether each study is in one share, for zips say. Default false.
    public func share(_ shard: Shard, keepsStudiesWhole: Bool = false) -> RetrievalPlan {
        if shard.count == 1 { return self }
        return share(
            shard, of: ShareUnits(self, shareCount: shard.count, keepsStudiesWhole: keepsStudiesWhole),
            keepsStudiesWhole: keepsStudiesWhole)
    }

    func share(_ shard: Shard, of units: ShareUnits, keepsStudiesWhole: Bool) -> RetrievalPlan {
        var studiesThemselves = Set<Int>()
        var takenSeries = Set<ShareUnits.Place>()
        var takenParts: [ShareUnits.Place: [Int]] = [:]
        for unit in units.units(of: shard) {
            guard let series = unit.series else {
                studiesThemselves.insert(unit.study)
                continue
            }
            let place = ShareUnits.Place(study: unit.study, series: series)
            if let part = unit.part { takenParts[place, default: []].append(part) } else { takenSeries.insert(place) }
        }
        let mine = studies.enumerated().compactMap { position, study -> StudyPlan? in
            let isOwn = studiesThemselves.contains(position)
            if keepsStudiesWhole { return isOwn ? study : nil }
            let series = study.series.enumerated().compactMap { number, series -> SeriesPlan? in
                let place = ShareUnits.Place(study: position, series: number)
                if takenSeries.contains(place) { return series }
                guard let taken = takenParts[place], let parts = units.parts[place] else { return nil }
                // All of a series stays what it was, wanted whole.
                if taken.count == parts.count { return series }
                return series.wanting(Set(taken.lazy.flatMap { parts[$0].instances }.map(\.uid)))
            }
            if series.isEmpty, !isOwn { return nil }
            return StudyPlan(uid: study.uid, series: series, failure: isOwn ? study.failure : nil)
        }
        return RetrievalPlan(studies: mine, catalog: catalog, selection: selection, layout: layout)
    }
}

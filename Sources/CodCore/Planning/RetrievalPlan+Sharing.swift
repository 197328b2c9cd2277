extension RetrievalPlan {
    /// One of `count` shares of the plan, for a cluster's workers: shares are disjoint, together they are the plan, and they are
    /// the same on every machine. Series go whole, the largest first, each to the share with the fewest bytes so far.
    ///
    /// - Parameter index: `0 ..< count`.
    public func share(_ index: Int, of count: Int) -> RetrievalPlan {
        precondition(count > 0 && (0..<count).contains(index), "A share is one of 0 ..< \(count), not \(index).")
        let largestFirst = series.map { (id: $0.id, byteCount: $0.archive?.byteCount ?? 0) }
            .sorted { ($1.byteCount, $0.id.description) < ($0.byteCount, $1.id.description) }
        var byteCounts = [Int64](repeating: 0, count: count)
        var mine = Set<SeriesID>()
        for series in largestFirst {
            var lightest = 0
            for share in byteCounts.indices where byteCounts[share] < byteCounts[lightest] { lightest = share }
            // An empty series weighs something too, or all of them would fall to one share.
            byteCounts[lightest] += max(series.byteCount, 1)
            if lightest == index { mine.insert(series.id) }
        }
        return RetrievalPlan(
            studies: studies.enumerated().compactMap { position, study in
                var study = study
                let hadSeries = !study.series.isEmpty
                study.series.removeAll { !mine.contains($0.id) }
                // A study without series (one that failed, say) belongs to one share, so that it is reported once.
                return !study.series.isEmpty || (!hadSeries && position % count == index) ? study : nil
            }, catalog: catalog, selection: selection)
    }
}

/// Chooses what of a run's work fits into a limit of bytes to fetch, in the plan's order: whole series, else those of their instances
/// that fit, never a part of one. What does not fit is passed over, and what follows is taken where it fits. Pure.
///
/// What can only be fetched as a whole (a series whose entries' places are not known, or that is compared by its archive's checksum)
/// is taken or left as a whole.
struct ByteLimit {
    private var restByteCount: Int64
    private(set) var leftOut: LeftOut
    private let joinedGapByteCount: Int64

    init(_ byteCount: Int64, policy: PlanningPolicy) {
        restByteCount = max(byteCount, 0)
        leftOut = LeftOut(limit: max(byteCount, 0))
        joinedGapByteCount = policy.joinedChosenGapByteCount
    }

    /// The plan of a series that wants only what fits; `nil` where that is all.
    mutating func cut(_ series: SeriesWork) -> SeriesPlan? {
        if series.portions.isEmpty { return nil }
        let total = series.portions.reduce(Int64(0)) { $0.addingSaturated($1.byteCount ?? .max) }
        if total <= restByteCount {
            restByteCount -= total
            return nil
        }
        let missing = series.missing
        let restBefore = restByteCount
        var chosen = series.isInOnePiece ? [] : choose(of: missing, in: series.plan)
        // All of them, wanted whole, would come with the gaps between them: one waits, and the others come without.
        if chosen.count == missing.count, chosen.count > 1, let last = missing.last { chosen.remove(last.uid) }
        leftOut.seriesCount += 1
        leftOut.instanceCount += missing.count - chosen.count
        leftOut.byteCount = leftOut.byteCount.addingSaturated(max(total - (restBefore - restByteCount), 0))
        if series.isInOnePiece { leftOut.note(total) }
        if missing.count == chosen.count { return series.plan.failing(with: leftOut.error(of: series.plan.id)) }
        let left = Set(missing.lazy.map(\.uid)).subtracting(chosen)
        return series.plan.wanting(Set(series.plan.instances.lazy.filter(\.isWanted).map(\.uid)).subtracting(left))
    }

    private mutating func choose(of missing: [PlannedInstance], in plan: SeriesPlan) -> Set<String> {
        guard let layout = EntryLayout(instances: plan.instances, archiveByteCount: plan.archive?.byteCount) else { return [] }
        let uids = Set(missing.lazy.map(\.uid))
        var chosen = Set<String>()
        var end: Int64?
        for entry in layout.entries where uids.contains(entry.instance.uid) {
            var byteCount = entry.range.upperBound - entry.range.lowerBound
            let gap = end.map { entry.range.lowerBound - $0 } ?? .max
            // It comes with the two around it, in one request.
            if gap <= joinedGapByteCount { byteCount += gap }
            guard byteCount <= restByteCount else {
                leftOut.note(entry.range.upperBound - entry.range.lowerBound)
                continue
            }
            restByteCount -= byteCount
            end = entry.range.upperBound
            chosen.insert(entry.instance.uid)
        }
        return chosen
    }
}

extension SeriesWork {
    /// Whether what is missing of it can only be fetched all at once.
    fileprivate var isInOnePiece: Bool {
        guard let layout = EntryLayout(instances: plan.instances, archiveByteCount: plan.archive?.byteCount) else { return true }
        return portions.contains { $0.checksumInDoubt != nil || $0.keepsUnlisted && layout.mayHoldUnlisted }
    }
}

extension SeriesPlan {
    /// The same series, of which nothing is to be retrieved.
    fileprivate func failing(with error: CodError) -> SeriesPlan {
        SeriesPlan(
            id: id, state: .failed(error), instances: instances, modality: modality, seriesDescription: seriesDescription,
            notices: notices, archiveURI: archiveURI)
    }
}

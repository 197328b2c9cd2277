/// Cuts what is wanted of a series into portions. Pure: facts in, portions out.
///
/// Whole series, resume, chosen instances, slices of huge archives and healing are one and the same here: the portions of the
/// wanted instances that are not saved.
public struct Planner: Sendable {
    /// How archives are cut.
    public var policy: PlanningPolicy

    /// A planner that cuts by a policy.
    public init(policy: PlanningPolicy = PlanningPolicy()) {
        self.policy = policy
    }

    /// The portions to fetch of a series. They are disjoint, in the archive's order, begin and end at entries' boundaries, and
    /// hold exactly the wanted instances that are not saved.
    ///
    /// - Parameters:
    ///   - saved: identifiers of the instances that are saved already.
    ///   - connectionCount: how many connections the series may use: stretches longer than the policy's threshold are split for
    ///     them. With 1 nothing is split.
    public func portions(
        of series: SeriesPlan, without saved: Set<String> = [], connectionCount: Int = 1
    ) -> [Portion] {
        guard let archive = series.archive else { return [] }
        let missing = series.instances.filter { $0.isWanted && !saved.contains($0.uid) }
        if missing.isEmpty { return [] }
        guard let layout = EntryLayout(instances: series.instances, archiveByteCount: archive.byteCount) else {
            return [wholeArchive(archive, of: series, for: missing)]
        }
        // Both are asked of every instance: once here, not once a slice.
        let isWantedWhole = series.isWantedWhole
        let listed = isWantedWhole ? series.instances.listedUIDs : []
        let missingUIDs = missing.count == series.instances.count ? nil : Set(missing.map(\.uid))
        // Entries that nobody listed lie between the others or behind them: only the whole archive has them for certain.
        let wanted = isWantedWhole && layout.mayHoldUnlisted ? nil : missingUIDs
        return stretches(of: layout, in: archive, wanted: wanted).flatMap { stretch in
            slices(of: stretch, connectionCount: connectionCount).map { slice in
                Portion(
                    archive: archive, byteRange: slice.range, instances: slice.instances(wanted: missingUIDs),
                    keepsUnlisted: isWantedWhole, listedUIDs: listed)
            }
        }
    }

    /// The whole archive as one portion in which instances are known by their names alone: for a series whose offsets proved
    /// wrong.
    public func wholeArchive(of series: SeriesPlan, without saved: Set<String> = []) -> [Portion] {
        guard let archive = series.archive else { return [] }
        let missing = series.instances.filter { $0.isWanted && !saved.contains($0.uid) }
        return missing.isEmpty ? [] : [wholeArchive(archive, of: series, for: missing)]
    }

    private func wholeArchive(_ archive: Archive, of series: SeriesPlan, for instances: [PlannedInstance]) -> Portion {
        let isWantedWhole = series.isWantedWhole
        return Portion(
            archive: archive, byteRange: archive.byteCount.map { 0..<$0 }, instances: instances.map(\.withoutOffset),
            keepsUnlisted: isWantedWhole, listedUIDs: isWantedWhole ? series.instances.listedUIDs : [])
    }

    /// Neighbouring entries and the bytes that they cover.
    private struct Stretch {
        var entries: ArraySlice<EntryLayout.Entry>
        var range: Range<Int64>

        func instances(wanted: Set<String>?) -> [PlannedInstance] {
            entries.lazy.map(\.instance).filter { wanted?.contains($0.uid) ?? true }
        }
    }

    /// The stretches that hold the wanted entries, those with small gaps joined. `wanted` is `nil` for all: then the archive is
    /// one stretch, its end mark and whatever was appended included.
    private func stretches(of layout: EntryLayout, in archive: Archive, wanted: Set<String>?) -> [Stretch] {
        let entries = layout.entries
        guard let wanted else {
            return [Stretch(entries: entries[...], range: 0..<(archive.byteCount ?? entries[entries.count - 1].range.upperBound))]
        }
        var stretches: [Stretch] = []
        for (position, entry) in entries.enumerated() where wanted.contains(entry.instance.uid) {
            if let last = stretches.last, entry.range.lowerBound - last.range.upperBound <= policy.joinedGapByteCount {
                stretches[stretches.count - 1] = Stretch(
                    entries: entries[last.entries.startIndex...position],
                    range: last.range.lowerBound..<entry.range.upperBound)
            } else {
                stretches.append(Stretch(entries: entries[position...position], range: entry.range))
            }
        }
        return stretches
    }

    /// Splits a long stretch at entries' boundaries into slices of about equal size, at most one for each connection.
    private func slices(of stretch: Stretch, connectionCount: Int) -> [Stretch] {
        let byteCount = stretch.range.upperBound - stretch.range.lowerBound
        let most = min(Int64(connectionCount), byteCount / max(policy.sliceByteCount, 1))
        guard byteCount > policy.splitThresholdByteCount, most > 1 else { return [stretch] }
        let target = byteCount / most
        var slices: [Stretch] = []
        var first = stretch.entries.startIndex
        var start = stretch.range.lowerBound
        for position in stretch.entries.indices.dropLast() {
            let end = stretch.entries[position].range.upperBound
            guard end - start >= target, Int64(slices.count) < most - 1 else { continue }
            slices.append(Stretch(entries: stretch.entries[first...position], range: start..<end))
            (first, start) = (position + 1, end)
        }
        slices.append(Stretch(entries: stretch.entries[first...], range: start..<stretch.range.upperBound))
        return slices
    }
}

extension PlannedInstance {
    /// The same, to be looked for by its name.
    fileprivate var withoutOffset: PlannedInstance {
        var instance = self
        instance.dataOffset = nil
        return instance
    }
}

extension SeriesPlan {
    /// Whether every instance that the metadata lists is wanted: then what it does not list is wanted as well.
    fileprivate var isWantedWhole: Bool { instances.allSatisfy(\.isWanted) }
}

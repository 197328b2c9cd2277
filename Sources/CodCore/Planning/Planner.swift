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
    /// What has no checksum of its own comes in one portion that is all of the archive: then the archive's can be compared, and of
    /// entries with one name both are seen. That is so where a series is wanted whole and its archive has room for entries that the
    /// metadata does not list, or, where the store lists the archive's checksum, a missing instance has none.
    ///
    /// - Parameters:
    ///   - series: the series, with all the instances that its metadata lists.
    ///   - saved: identifiers of the instances that are saved already.
    ///   - areUnlistedSaved: whether all is saved that the metadata does not list. If not, the archive is fetched even when all listed
    ///     instances are saved; if that is not known (`nil`), it is where there is room for such.
    ///   - connectionCount: how many connections the series may use: stretches longer than the policy's threshold are split for
    ///     them, into shorter and shorter slices. With 1 nothing is split.
    public func portions(
        of series: SeriesPlan, without saved: Set<String> = [], areUnlistedSaved: Bool? = nil, connectionCount: Int = 1
    ) -> [Portion] {
        var rounds = SliceRounds(
            byteCount: series.byteCount(without: saved), connectionCount: connectionCount, policy: policy)
        return portions(of: series, without: saved, areUnlistedSaved: areUnlistedSaved, in: &rounds)
    }

    /// The same for one series of several: the rounds go on from series to series.
    func portions(
        of series: SeriesPlan, without saved: Set<String>, areUnlistedSaved: Bool?, in rounds: inout SliceRounds
    ) -> [Portion] {
        guard let archive = series.archive else { return [] }
        // Both are asked of every instance: once here, not once a slice.
        let missing = series.instances.filter { $0.isWanted && !saved.contains($0.uid) }
        let isWantedWhole = series.isWantedWhole
        // What is compared as a whole is saved as a whole.
        let isInDoubt = archive.checksum != nil && isWantedWhole && missing.contains { $0.checksum == nil }
        let keepsUnlisted = isWantedWhole && (isInDoubt || areUnlistedSaved != true)
        let layout = EntryLayout(instances: series.instances, archiveByteCount: archive.byteCount)
        let isWholeWanted = areUnlistedSaved == false || layout?.mayHoldUnlisted ?? true
        if missing.isEmpty, !keepsUnlisted || !isWholeWanted { return [] }
        if let layout, isInDoubt || keepsUnlisted && isWholeWanted {
            rounds.take(layout.tail.upperBound)
            return [
                Portion(
                    archive: archive, byteRange: 0..<layout.tail.upperBound, instances: missing, keepsUnlisted: keepsUnlisted,
                    listedUIDs: keepsUnlisted ? series.instances.listedUIDs : [])
            ]
        }
        return portions(of: series, without: saved, around: [], keepsUnlisted: keepsUnlisted, in: &rounds)
    }

    /// Portions as small as they can be. Entries that hold one of the bytes of `damage` are in none of them. With `eachAlone` none holds
    /// more than one entry.
    ///
    /// With `keepsUnlisted` the room for entries that the metadata does not list is fetched as well: behind the last entry as a portion
    /// that may expect no instance, before an entry together with that entry, because nothing tells where its own headers begin.
    func portions(
        of series: SeriesPlan, without saved: Set<String>, around damage: Set<Int64>, keepsUnlisted: Bool,
        eachAlone: Bool = false
    ) -> [Portion] {
        var unsplit = SliceRounds(byteCount: 0, connectionCount: 1, policy: policy)
        return portions(
            of: series, without: saved, around: damage, keepsUnlisted: keepsUnlisted, eachAlone: eachAlone, in: &unsplit)
    }

    private func portions(
        of series: SeriesPlan, without saved: Set<String>, around damage: Set<Int64>, keepsUnlisted: Bool,
        eachAlone: Bool = false, in rounds: inout SliceRounds
    ) -> [Portion] {
        guard let archive = series.archive else { return [] }
        let missing = series.instances.filter { $0.isWanted && !saved.contains($0.uid) }
        if missing.isEmpty, !keepsUnlisted { return [] }
        guard let layout = EntryLayout(instances: series.instances, archiveByteCount: archive.byteCount) else {
            rounds.take(archive.byteCount ?? 0)
            return [wholeArchive(archive, of: series, for: missing, keepsUnlisted: keepsUnlisted)]
        }
        let listed = keepsUnlisted ? series.instances.listedUIDs : []
        let takesAll = missing.count == series.instances.count && damage.isEmpty && !eachAlone
        let wanted = takesAll ? nil : Set(missing.map(\.uid))
        return stretches(
            of: layout, wanted: wanted, keepsUnlisted: keepsUnlisted, around: damage,
            joinedGapByteCount: eachAlone ? nil : joinedGapByteCount(in: series)
        ).flatMap { stretch in
            slices(of: stretch, in: &rounds).map { slice in
                Portion(
                    archive: archive, byteRange: slice.range, instances: slice.instances(wanted: wanted),
                    keepsUnlisted: keepsUnlisted, listedUIDs: listed)
            }
        }
    }

    private func joinedGapByteCount(in series: SeriesPlan) -> Int64 {
        series.isWantedWhole ? policy.joinedGapByteCount : policy.joinedChosenGapByteCount
    }

    /// The whole archive as one portion in which instances are known by their names alone: for a series whose offsets proved
    /// wrong.
    public func wholeArchive(of series: SeriesPlan, without saved: Set<String> = []) -> [Portion] {
        guard let archive = series.archive else { return [] }
        let missing = series.instances.filter { $0.isWanted && !saved.contains($0.uid) }
        return missing.isEmpty ? [] : [wholeArchive(archive, of: series, for: missing, keepsUnlisted: series.isWantedWhole)]
    }

    /// What is left of a portion that was broken off: from the first instance that is not saved to its end. Nothing where all are.
    func rest(of portion: Portion, in series: SeriesPlan, without saved: Set<String>) -> [Portion] {
        let rest = portion.without(saved)
        if rest.instances.isEmpty, !portion.keepsUnlisted { return [] }
        // All of the archive is to be compared.
        if portion.checksumInDoubt != nil { return [rest] }
        guard let range = portion.byteRange, portion.instances.allSatisfy({ $0.dataOffset != nil }),
            let layout = EntryLayout(instances: series.instances, archiveByteCount: portion.archive.byteCount)
        else { return [rest] }
        let missing = Set(rest.instances.map(\.uid))
        let first = layout.entries.first { entry in
            range.contains(entry.range.lowerBound)
                && (missing.contains(entry.instance.uid) || portion.keepsUnlisted && entry.mayHoldUnlisted)
        }
        let isTailWanted = portion.keepsUnlisted && layout.tailMayHoldUnlisted && range.contains(layout.tail.lowerBound)
        guard let start = first?.range.lowerBound ?? (isTailWanted ? layout.tail.lowerBound : nil) else { return [] }
        return [
            Portion(
                archive: rest.archive, byteRange: start..<range.upperBound, instances: rest.instances,
                keepsUnlisted: rest.keepsUnlisted, listedUIDs: rest.listedUIDs)
        ]
    }

    /// A portion that holds one of the entries, and wants nothing of it: when it can be read, the metadata's offsets are right. `nil`
    /// where there is no entry but those that hold instances in doubt.
    func probe(of series: SeriesPlan, besides doubtful: Set<String>) -> Portion? {
        guard let archive = series.archive,
            let layout = EntryLayout(instances: series.instances, archiveByteCount: archive.byteCount)
        else { return nil }
        let candidates = layout.entries.lazy.filter { !doubtful.contains($0.instance.uid) }
        guard let smallest = candidates.min(by: { $0.range.count < $1.range.count }) else { return nil }
        return Portion(archive: archive, byteRange: smallest.range, instances: [])
    }

    private func wholeArchive(
        _ archive: Archive, of series: SeriesPlan, for instances: [PlannedInstance], keepsUnlisted: Bool
    ) -> Portion {
        Portion(
            archive: archive, byteRange: archive.byteCount.map { 0..<$0 }, instances: instances.map(\.withoutOffset),
            keepsUnlisted: keepsUnlisted, listedUIDs: keepsUnlisted ? series.instances.listedUIDs : [])
    }

    /// Neighbouring entries and the bytes that they cover.
    private struct Stretch {
        var entries: ArraySlice<EntryLayout.Entry>
        var range: Range<Int64>

        func instances(wanted: Set<String>?) -> [PlannedInstance] {
            guard let wanted else { return entries.map(\.instance) }
            return entries.lazy.map(\.instance).filter { wanted.contains($0.uid) }
        }
    }

    /// The stretches that hold the wanted entries and the room for unlisted ones, those with small gaps joined. `wanted` is `nil` for
    /// all: then the archive is one stretch, its end mark and whatever was appended included.
    private func stretches(
        of layout: EntryLayout, wanted: Set<String>?, keepsUnlisted: Bool, around damage: Set<Int64>, joinedGapByteCount: Int64?
    ) -> [Stretch] {
        let entries = layout.entries
        guard let wanted else { return [Stretch(entries: entries[...], range: 0..<layout.tail.upperBound)] }
        var stretches: [Stretch] = []
        var isCut = false
        func take(_ positions: Range<Int>, _ range: Range<Int64>) {
            if !isCut, let joinedGapByteCount, let last = stretches.last,
                range.lowerBound - last.range.upperBound <= joinedGapByteCount
            {
                stretches[stretches.count - 1] = Stretch(
                    entries: entries[last.entries.startIndex..<positions.upperBound],
                    range: last.range.lowerBound..<range.upperBound)
            } else {
                stretches.append(Stretch(entries: entries[positions], range: range))
            }
            isCut = false
        }
        for (position, entry) in entries.enumerated() {
            if damage.contains(where: entry.range.contains) {
                isCut = true
            } else if wanted.contains(entry.instance.uid) || keepsUnlisted && entry.mayHoldUnlisted {
                take(position..<position + 1, entry.range)
            }
        }
        if keepsUnlisted, layout.tailMayHoldUnlisted, !damage.contains(where: layout.tail.contains) {
            take(entries.endIndex..<entries.endIndex, layout.tail)
        }
        return stretches
    }

    /// Splits a long stretch at entries' boundaries into slices as long as the rounds say.
    private func slices(of stretch: Stretch, in rounds: inout SliceRounds) -> [Stretch] {
        var slices: [Stretch] = []
        var first = stretch.entries.startIndex
        var start = stretch.range.lowerBound
        let isSplit = rounds.mayBeSplit(stretch.range.upperBound - start)
        var target = isSplit ? rounds.nextByteCount(ofRest: stretch.range.upperBound - start) : .max
        for position in stretch.entries.indices.dropLast() {
            if target == .max { break }
            let end = stretch.entries[position].range.upperBound
            guard end - start >= target else { continue }
            slices.append(Stretch(entries: stretch.entries[first...position], range: start..<end))
            rounds.take(end - start)
            first = position + 1
            start = end
            target = rounds.nextByteCount(ofRest: stretch.range.upperBound - start)
        }
        slices.append(Stretch(entries: stretch.entries[first...], range: start..<stretch.range.upperBound))
        rounds.take(stretch.range.upperBound - start)
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
    package var isWantedWhole: Bool { instances.allSatisfy(\.isWanted) }

    /// The sizes of the wanted instances that are not saved, added up; no more than the archive's. How much there is to fetch, but for
    /// headers and gaps.
    func byteCount(without saved: Set<String>) -> Int64 {
        guard let most = archive?.byteCount else { return 0 }
        var sum: Int64 = 0
        for instance in instances where instance.isWanted && !saved.contains(instance.uid) {
            guard let byteCount = instance.byteCount, byteCount >= 0, byteCount < most - sum else { return most }
            sum += byteCount
        }
        return sum
    }

    /// Whether there is room in its archive for entries that the metadata does not list; true where nothing tells.
    public var mayHoldUnlisted: Bool {
        EntryLayout(instances: instances, archiveByteCount: archive?.byteCount)?.mayHoldUnlisted ?? true
    }
}

/// Keeps account of one series in a run: what is under way, what is saved, what failed, and what is worth another try.
///
/// Where the metadata's offsets prove wrong, the whole archive is read by its headers alone; an instance whose bytes fail their
/// checksum is planned again by itself; an archive whose bytes as a whole fail the store's is read again; where the archive is no
/// longer the one that was listed, the whole series is planned again. Each once; then the failure stands. Where the archive cannot
/// be read on, ``ArchiveDamage`` plans around it. Pure.
struct SeriesLedger {
    private(set) var work: SeriesWork
    private(set) var saved: [SavedInstance] = []
    private var savedUIDs: Set<String>
    private var failures: [CodError] = []
    private var openCount: Int
    /// The portions that were given out last.
    private var portions: [Portion]
    /// Whether offsets of the metadata decide what is fetched and taken.
    private var trustsOffsets: Bool
    private var hasHealed = false
    private var damage = ArchiveDamage()
    /// Whether the series may be planned again.
    private var canBePlannedAgain: Bool
    private var wasPlannedAgain = false
    /// Whether the series is to be planned again before anything more of it is fetched; ``planned(_:named:planner:connectionCount:)`` or
    /// ``couldNotBePlanned(_:)`` follows.
    private(set) var awaitsPlan = false

    init(work: SeriesWork, canBePlannedAgain: Bool = false) {
        self.work = work
        self.canBePlannedAgain = canBePlannedAgain
        savedUIDs = Set(work.saved.map(\.instance.uid))
        openCount = work.portions.count
        portions = work.portions
        trustsOffsets = work.portions.trustOffsets
    }

    /// Whether all portions have ended, and none will follow.
    var isClosed: Bool { openCount == 0 && !awaitsPlan }

    /// What the series came to: instances of earlier runs first. Final once it is closed.
    var outcome: SavedSeries {
        SavedSeries(id: work.plan.id, instances: work.saved + saved, failures: remainingFailures)
    }

    /// Wanted instances that are not saved; at least 1 when anything failed. What a stage left out in silence is no failure.
    var failedCount: Int {
        if isClosed { return remainingFailures.isEmpty ? 0 : max(missingCount, 1) }
        return missingCount
    }

    private var missingCount: Int { work.plan.instances.count { $0.isWanted && !savedUIDs.contains($0.uid) } }

    /// Takes what came of a portion; answers the portions to fetch again, once the series' others have ended. Without a planner
    /// nothing is fetched again. See ``awaitsPlan``, too.
    mutating func close(_ result: SavedSeries, planner: Planner?) -> [Portion] {
        openCount -= 1
        for instance in result.instances where savedUIDs.insert(instance.instance.uid).inserted { saved.append(instance) }
        failures += result.failures
        guard isClosed, let planner, !failures.contains(where: { $0.reach == .job }) else { return [] }
        if failures.contains(where: \.isOfChangedObject) {
            // Of an archive that is not there any more nothing else can be had.
            awaitsPlan = canBePlannedAgain
            canBePlannedAgain = false
            if !awaitsPlan { joinChanges() }
            return []
        }
        let again = secondTry(planner: planner)
        openCount = again.count
        if !again.isEmpty { portions = again }
        return again
    }

    /// Takes what came of a portion that was broken off because too many files were open; answers what is to be fetched of it once more,
    /// and what else ``close(_:planner:)`` answers when nothing is left of it.
    mutating func breakOff(_ portion: Portion, with result: SavedSeries, planner: Planner) -> [Portion] {
        let saved = savedUIDs.union(result.instances.lazy.map(\.instance.uid))
        let rest = planner.rest(of: portion, in: work.plan, without: saved)
        var result = result
        // What else failed of it is part of the rest, and will fail again if it must.
        result.failures = []
        openCount += rest.count
        return rest + close(result, planner: planner)
    }

    /// Takes back portions that nobody has begun to fetch: the archive that they were cut from is not there any more.
    mutating func withdraw(_ count: Int) { openCount -= count }

    /// Takes the series as it was planned again; answers the portions to fetch.
    ///
    /// What earlier runs saved counts as far as the sink says. What this run saved was made of the old archive: it counts where the
    /// new metadata has the same checksum for it. `named` are the instances that were asked for by name: not one of them may go missing.
    mutating func planned(
        _ replan: SeriesReplan, named: Set<String>, planner: Planner, connectionCount: Int
    ) -> [Portion] {
        failures = replan.missing(of: named, from: work.plan)
        let fetched = Set(saved.lazy.map(\.instance.uid))
        let earlier = replan.held.filter { !fetched.contains($0.instance.uid) }
        saved = replan.standing(saved)
        savedUIDs = Set((earlier + saved).lazy.map(\.instance.uid))
        let portions = planner.portions(of: replan.plan, without: savedUIDs, connectionCount: connectionCount)
        work = SeriesWork(plan: replan.plan, saved: earlier, portions: portions)
        openCount = portions.count
        self.portions = portions
        trustsOffsets = portions.trustOffsets
        damage = ArchiveDamage()
        (hasHealed, awaitsPlan, wasPlannedAgain) = (false, false, true)
        return portions
    }

    /// Takes why the series could not be planned again: it fails with that, and what is saved of it stays.
    mutating func couldNotBePlanned(_ error: CodError) {
        awaitsPlan = false
        damage = ArchiveDamage()
        failures = [error]
    }

    /// Each portion tells of the same change: one failure says it all.
    private mutating func joinChanges() {
        guard var change = failures.first(where: \.isOfChangedObject) else { return }
        if wasPlannedAgain {
            change.message += " The series had been planned again once already."
            change.recovery = "It is being written, it seems: run the same command again later."
        }
        failures.removeAll(where: \.isOfChangedObject)
        failures.append(change)
    }

    private mutating func secondTry(planner: Planner) -> [Portion] {
        if failures.contains(where: \.isOfDamagedArchive) {
            guard !hasHealed, let whole = portions.first(where: \.isWholeArchive) else { return [] }
            hasHealed = true
            // All that was not saved is judged anew, by other bytes.
            failures.removeAll { Self.codesOfBytes.contains($0.code) && !savedUIDs.contains($0.instance ?? "") }
            return [whole.without(savedUIDs)]
        }
        let around = aroundDamage(planner: planner)
        if !around.isEmpty { return around }
        // A cut that was made at a wrong offset may fail in any of these ways; the archive as a whole only in the first.
        var structural: Set<CodError.Code> = [.instanceMisplaced]
        if !beganWhole { structural.formUnion([.damagedArchive, .instanceMissing, .sizeMismatch]) }
        if trustsOffsets, failures.contains(where: { structural.contains($0.code) }) {
            trustsOffsets = false
            failures.removeAll { structural.contains($0.code) }
            return planner.wholeArchive(of: work.plan, without: savedUIDs)
        }
        let damaged = Set(failures.filter { $0.code == .checksumMismatch }.compactMap(\.instance)).subtracting(savedUIDs)
        guard !hasHealed, !damaged.isEmpty else { return [] }
        hasHealed = true
        let others = Set(work.plan.instances.lazy.map(\.uid).filter { !damaged.contains($0) })
        let portions = planner.portions(of: work.plan, without: others, around: damage.places)
        if !portions.isEmpty { failures.removeAll { $0.code == .checksumMismatch && damaged.contains($0.instance ?? "") } }
        return portions
    }

    /// What a damaged byte may look like in an archive that could be read to its end.
    private static let codesOfBytes: Set<CodError.Code> = [
        .checksumMismatch, .refusedEntry, .duplicateEntry, .sizeMismatch, .instanceMissing, .instanceMisplaced,
    ]

    private var beganWhole: Bool { work.portions.contains(where: \.isWholeArchive) }

    /// What is fetched again because the archive could not be read on somewhere; nothing where that is not the matter, or where the
    /// offsets may be.
    private mutating func aroundDamage(planner: Planner) -> [Portion] {
        let errors = failures.filter { $0.code == .damagedArchive && $0.byteOffset != nil }
        guard work.portions.trustOffsets, !errors.isEmpty, !failures.contains(where: { $0.code == .instanceMisplaced }) else {
            return []
        }
        let settled = savedUIDs.union(failures.lazy.filter { $0.code != .damagedArchive }.compactMap(\.instance))
        let again: [Portion]
        if trustsOffsets {
            damage.note(errors)
            // An archive that was cut, out of which nothing came and which fails here and there, may have been cut at wrong offsets.
            let isCertain = beganWhole || !saved.isEmpty
            if !isCertain, damage.isWidespread { return [] }
            again = damage.portions(of: work.plan, without: settled, planner: planner)
            if !isCertain, again.isEmpty { return [] }
        } else {
            // Its headers alone do not lead to its end.
            again = damage.eachAlone(of: work.plan, without: settled, planner: planner)
        }
        failures.removeAll { $0.code == .damagedArchive && $0.byteOffset != nil }
        damage.settle(errors, in: work.plan, saved: savedUIDs, again: again)
        return again
    }

    /// The failures that still stand: those of instances that were saved after all are gone, except where the archive itself
    /// contradicts what was saved.
    private var remainingFailures: [CodError] {
        (failures + damage.failures).filter { error in
            guard let uid = error.instance, error.code != .duplicateEntry else { return true }
            return !savedUIDs.contains(uid)
        }
        .map { $0.noting(work.plan.notices) }
    }
}

extension [Portion] {
    /// Whether offsets of the metadata decide what is fetched and taken.
    fileprivate var trustOffsets: Bool { contains { $0.instances.contains { $0.dataOffset != nil } } }
}

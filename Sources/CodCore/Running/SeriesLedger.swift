/// Keeps account of one series in a run: what is under way, what is saved, what failed, and what is worth another try.
///
/// Where the metadata's offsets prove wrong, the whole archive is read by its headers alone; an instance whose bytes fail their
/// checksum is planned again by itself; an archive whose bytes as a whole fail the store's is read again; where the archive is no
/// longer the one that was listed, the whole series is planned again. Each once; then the failure stands. Where the archive cannot
/// be read on, ``ArchiveDamage`` plans around it. Pure.
struct SeriesLedger {
    /// Whether the metadata's offsets are right, asked of an entry that nobody doubts.
    private enum Probe {
        case underWay
        case ended(isReadable: Bool)
    }

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
    /// Instances that were to come out of portions that could not be read to their end, and did not; with the reason.
    private var brokenOff: [String: CodError] = [:]
    private var probe: Probe?
    /// Whether the series may be planned again.
    private var canBePlannedAgain: Bool
    /// Whether it might at first.
    private let couldBePlannedAgain: Bool
    private var wasPlannedAgain = false
    /// Whether the series is to be planned again before anything more of it is fetched; ``planned(_:named:planner:connectionCount:followingByteCount:)`` or
    /// ``couldNotBePlanned(_:)`` follows.
    private(set) var awaitsPlan = false

    init(work: SeriesWork, canBePlannedAgain: Bool = false) {
        self.work = work
        self.canBePlannedAgain = canBePlannedAgain
        couldBePlannedAgain = canBePlannedAgain
        savedUIDs = Set(work.saved.map(\.instance.uid))
        openCount = work.portions.count
        portions = work.portions
        trustsOffsets = work.portions.trustOffsets
    }

    /// Whether all portions have ended, and none will follow.
    var isClosed: Bool { openCount == 0 && !awaitsPlan }

    /// What the series came to: instances of earlier runs first. Final once it is closed.
    var outcome: SavedSeries {
        SavedSeries(
            id: work.plan.id, instances: work.saved + saved, failures: remainingFailures + [work.leftOut].compactMap(\.self))
    }

    /// Wanted instances that are not saved; at least 1 when anything failed. What a stage left out in silence is no failure.
    var failedCount: Int {
        if isClosed { return remainingFailures.isEmpty ? 0 : max(missingCount, 1) }
        return missingCount
    }

    private var missingCount: Int { work.plan.instances.count { $0.isWanted && !savedUIDs.contains($0.uid) } }

    /// Takes what came of a portion; answers the portions to fetch again, once the series' others have ended. Without a planner
    /// nothing is fetched again. See ``awaitsPlan``, too.
    mutating func close(_ portion: Portion, _ result: SavedSeries, planner: Planner?) -> [Portion] {
        openCount -= 1
        for instance in result.instances where savedUIDs.insert(instance.instance.uid).inserted { saved.append(instance) }
        if isProbing {
            probe = .ended(isReadable: result.failures.isEmpty)
            failures += result.failures.filter { $0.reach == .job || $0.isOfChangedObject }
        } else {
            take(result.failures, of: portion)
        }
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
        if !again.isEmpty, !isProbing { portions = again }
        return again
    }

    /// Takes what failed of a portion. Each instance that did not come out of it gets a failure of its own, or the portion's: nothing
    /// goes missing without a word. What a stage left out in silence of a portion that came to its end is none.
    private mutating func take(_ new: [CodError], of portion: Portion) {
        var settled = savedUIDs
        var damages: [CodError] = []
        var absent: [String: CodError] = [:]
        let isByOffset = trustsOffsets && portion.instances.contains { $0.dataOffset != nil }
        for var error in new {
            if error.code == .damagedArchive, error.byteOffset != nil, error.instance == nil,
                isByOffset || portion.instances.isEmpty
            {
                damages.append(error)
            } else if error.code == .instanceMissing, let uid = error.instance, isByOffset {
                // Where it should begin there is something else: that is no less damaged.
                absent[uid] = error
            } else {
                if error.code == .damagedArchive, error.instance == nil, let uid = portion.instances.first?.uid,
                    portion.instances.count == 1, !savedUIDs.contains(uid)
                {
                    error.instance = uid
                }
                // Of what hits the series as a whole each portion tells.
                if error.instance != nil || !failures.contains(where: { $0.tellsTheSame(as: error) }) { failures.append(error) }
                if let uid = error.instance { settled.insert(uid) }
            }
        }
        let common = damages.first ?? new.first { $0.instance == nil && $0.reach >= .series }
        for uid in portion.instances.lazy.map(\.uid) {
            brokenOff[uid] = settled.contains(uid) ? nil : absent[uid] ?? common
        }
        for error in damages { damage.note(error, in: portion, of: work.plan, without: settled) }
        // Those behind the first that is missing may be missing for that reason alone.
        if let first = portion.instances.first(where: { absent[$0.uid] != nil }), var error = absent[first.uid] {
            error.byteOffset = first.dataOffset.map { $0 - 1 }
            damage.note(error, in: portion, of: work.plan, without: settled)
        }
    }

    /// Takes what came of a portion that was broken off because too many files were open; answers what is to be fetched of it once more,
    /// and what else ``close(_:planner:)`` answers when nothing is left of it.
    mutating func breakOff(_ portion: Portion, with result: SavedSeries, planner: Planner) -> [Portion] {
        var result = result
        // What only the archive's checksum can confirm comes again, with all of the archive.
        if portion.checksumInDoubt != nil { result.instances.removeAll { !$0.isVerified } }
        let saved = savedUIDs.union(result.instances.lazy.map(\.instance.uid))
        let rest = planner.rest(of: portion, in: work.plan, without: saved)
        let again = Set(rest.lazy.flatMap(\.instances).map(\.uid))
        // What failed of the rest will fail again if it must.
        result.failures.removeAll { error in error.reach == .job || error.instance.map(again.contains) == true }
        openCount += rest.count
        return rest + close(portion, result, planner: planner)
    }

    /// Takes back portions that nobody has begun to fetch: the archive that they were cut from is not there any more.
    mutating func withdraw(_ count: Int) { openCount -= count }

    /// Takes the series as it was planned again; answers the portions to fetch.
    ///
    /// What earlier runs saved counts as far as the sink says. What this run saved was made of the old archive: it counts where the
    /// new metadata has the same checksum for it. `named` are the instances that were asked for by name: not one of them may go missing.
    /// `followingByteCount` is what waits to be fetched of other series.
    mutating func planned(
        _ replan: SeriesReplan, named: Set<String>, planner: Planner, connectionCount: Int, followingByteCount: Int64 = 0
    ) -> [Portion] {
        failures = replan.missing(of: named, from: work.plan)
        let fetched = Set(saved.lazy.map(\.instance.uid))
        let earlier = replan.held.filter { !fetched.contains($0.instance.uid) }
        saved = replan.standing(saved)
        savedUIDs = Set((earlier + saved).lazy.map(\.instance.uid))
        let byteCount = replan.plan.byteCount(without: savedUIDs).addingSaturated(followingByteCount)
        var rounds = SliceRounds(byteCount: byteCount, connectionCount: connectionCount, policy: planner.policy)
        let portions = planner.portions(of: replan.plan, without: savedUIDs, areUnlistedSaved: nil, in: &rounds)
        work = SeriesWork(plan: replan.plan, saved: earlier, portions: portions, leftOut: work.leftOut)
        openCount = portions.count
        self.portions = portions
        trustsOffsets = portions.trustOffsets
        (damage, brokenOff, probe) = (ArchiveDamage(), [:], nil)
        (hasHealed, awaitsPlan, wasPlannedAgain) = (false, false, true)
        return portions
    }

    /// Takes why the series could not be planned again: it fails with that, and what is saved of it stays.
    mutating func couldNotBePlanned(_ error: CodError) {
        awaitsPlan = false
        (damage, brokenOff) = (ArchiveDamage(), [:])
        failures = [error]
    }

    /// Each portion tells of the same change: one failure says it all.
    private mutating func joinChanges() {
        guard var change = failures.first(where: \.isOfChangedObject) else { return }
        if wasPlannedAgain {
            change.message += " The series had been planned again once already."
            change.recovery = "It is being written, it seems: run the same command again later."
        } else if !couldBePlannedAgain {
            change.recovery = CodError.oldPlanRecovery
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
        let portions = planner.portions(of: work.plan, without: others, around: damage.places, keepsUnlisted: false)
        if !portions.isEmpty { failures.removeAll { $0.code == .checksumMismatch && damaged.contains($0.instance ?? "") } }
        return portions
    }

    /// What a damaged byte may look like in an archive that could be read to its end.
    private static let codesOfBytes: Set<CodError.Code> = [
        .checksumMismatch, .refusedEntry, .duplicateEntry, .sizeMismatch, .instanceMissing, .instanceMisplaced,
    ]

    /// Whether what the metadata does not list is to be saved as well.
    private var keepsUnlisted: Bool { work.portions.contains(where: \.keepsUnlisted) }

    private var beganWhole: Bool { work.portions.contains(where: \.isWholeArchive) }

    private var isProbing: Bool {
        if case .underWay? = probe { true } else { false }
    }

    /// Whether the metadata's offsets proved right in this run; `nil` when that is not known.
    private var areOffsetsRight: Bool? {
        if beganWhole || !saved.isEmpty { return true }
        if case .ended(let isReadable)? = probe { return isReadable }
        return nil
    }

    /// What is fetched again because the archive could not be read on somewhere; nothing where that is not the matter, or where the
    /// offsets are.
    private mutating func aroundDamage(planner: Planner) -> [Portion] {
        guard work.portions.trustOffsets, !failures.contains(where: { $0.code == .instanceMisplaced }) else { return [] }
        let settled = savedUIDs.union(failures.lazy.compactMap(\.instance))
        guard trustsOffsets else {
            // Its headers alone do not lead to its end.
            func isDamage(_ error: CodError) -> Bool {
                error.code == .damagedArchive && error.byteOffset != nil && error.instance == nil
            }
            guard failures.contains(where: isDamage) else { return [] }
            let again = damage.eachAlone(of: work.plan, without: settled, keepsUnlisted: keepsUnlisted, planner: planner)
            if !again.isEmpty { failures.removeAll(where: isDamage) }
            return again
        }
        guard damage.isPending else { return [] }
        switch areOffsetsRight {
        case true?: return damage.portions(of: work.plan, without: settled, keepsUnlisted: keepsUnlisted, planner: planner)
        case nil:
            if let portion = planner.probe(of: work.plan, besides: Set(brokenOff.keys)) {
                probe = .underWay
                return [portion]
            }
        case false?: break
        }
        trustsOffsets = false
        damage = ArchiveDamage()
        return planner.wholeArchive(of: work.plan, without: settled)
    }

    /// What did not come out of portions that could not be read to their end, where no other failure says so; in the plan's order.
    private var withoutWord: [CodError] {
        if brokenOff.isEmpty || failures.contains(where: { $0.instance == nil && $0.reach >= .series }) { return [] }
        let told = Set(failures.lazy.compactMap(\.instance))
        return work.plan.instances.compactMap { instance in
            guard !savedUIDs.contains(instance.uid), !told.contains(instance.uid), var error = brokenOff[instance.uid] else {
                return nil
            }
            error.instance = instance.uid
            error.reach = .instance
            return error
        }
    }

    /// The failures that still stand: those of instances that were saved after all are gone, except where the archive itself
    /// contradicts what was saved.
    private var remainingFailures: [CodError] {
        (failures + withoutWord + damage.failures).filter { error in
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

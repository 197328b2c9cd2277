/// Keeps account of one series in a run: what is under way, what is saved, what failed, and what is worth another try.
///
/// Where the metadata's offsets prove wrong, the whole archive is read by its headers alone; an instance whose bytes fail their
/// checksum is planned again by itself. Each once; then the failure stands. Pure.
struct SeriesLedger {
    let work: SeriesWork
    private(set) var saved: [SavedInstance] = []
    private var savedUIDs: Set<String>
    private var failures: [CodError] = []
    private var openCount: Int
    /// Whether offsets of the metadata decide what is fetched and taken.
    private var trustsOffsets: Bool
    private var hasHealed = false

    init(work: SeriesWork) {
        self.work = work
        savedUIDs = Set(work.saved.map(\.instance.uid))
        openCount = work.portions.count
        trustsOffsets = work.portions.contains { $0.instances.contains { $0.dataOffset != nil } }
    }

    /// Whether all portions have ended.
    var isClosed: Bool { openCount == 0 }

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
    /// nothing is fetched again.
    mutating func close(_ result: SavedSeries, planner: Planner?) -> [Portion] {
        openCount -= 1
        for instance in result.instances where savedUIDs.insert(instance.instance.uid).inserted { saved.append(instance) }
        failures += result.failures
        guard isClosed, let planner, !failures.contains(where: { $0.reach == .job }) else { return [] }
        let again = secondTry(planner: planner)
        openCount = again.count
        return again
    }

    private mutating func secondTry(planner: Planner) -> [Portion] {
        // A cut that was made at a wrong offset may fail in any of these ways; the archive as a whole only in the first.
        var structural: Set<CodError.Code> = [.instanceMisplaced]
        if !work.portions.contains(where: \.isWholeArchive) {
            structural.formUnion([.damagedArchive, .instanceMissing, .sizeMismatch])
        }
        if trustsOffsets, failures.contains(where: { structural.contains($0.code) }) {
            trustsOffsets = false
            failures.removeAll { structural.contains($0.code) }
            return planner.wholeArchive(of: work.plan, without: savedUIDs)
        }
        let damaged = Set(failures.filter { $0.code == .checksumMismatch }.compactMap(\.instance)).subtracting(savedUIDs)
        guard !hasHealed, !damaged.isEmpty else { return [] }
        hasHealed = true
        let others = Set(work.plan.instances.lazy.map(\.uid).filter { !damaged.contains($0) })
        let portions = planner.portions(of: work.plan, without: others)
        if !portions.isEmpty { failures.removeAll { $0.code == .checksumMismatch && damaged.contains($0.instance ?? "") } }
        return portions
    }

    /// The failures that still stand: those of instances that were saved after all are gone, except where the archive itself
    /// contradicts what was saved.
    private var remainingFailures: [CodError] {
        failures.filter { error in
            guard let uid = error.instance, error.code != .duplicateEntry else { return true }
            return !savedUIDs.contains(uid)
        }
    }
}

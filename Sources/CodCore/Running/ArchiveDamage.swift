/// Where an archive could not be read on, and what is fetched around it. Pure.
///
/// An entry that was in the way once is tried again: the damage may have happened on the way. One that is again is left out, and
/// what lies behind it is fetched from the next entry's boundary on. After ``mostRounds`` each missing instance is a portion of its
/// own, once, up to ``mostAlone`` of them; so the rounds end, whatever the archive is.
struct ArchiveDamage {
    /// How often what is missing is planned around the damage.
    static let mostRounds = 16
    /// How many instances are fetched each alone.
    static let mostAlone = 1000

    /// How often the entries that begin at these bytes were in the way.
    private var counts: [Int64: Int] = [:]
    /// Those of this round.
    private var pending: Set<Int64> = []
    private var roundCount = 0
    private var hasTriedEach = false
    /// What costs none of the listed instances, and perhaps one that is not listed.
    private var standing: [Int64: CodError] = [:]

    /// What stands, whatever else is fetched, in the archive's order.
    var failures: [CodError] { standing.sorted { $0.key < $1.key }.map(\.value) }

    /// The entries that were in the way again.
    var places: Set<Int64> { Set(counts.lazy.filter { $0.value > 1 }.map(\.key)) }

    /// Whether something was noted since it was planned around damage last.
    var isPending: Bool { !pending.isEmpty }

    /// Takes that a portion could not be read on at a byte, or held less than it should.
    ///
    /// `settled` are the instances that came of it or failed for a reason of their own. What is in the way is the entry at that
    /// byte where the archive could be followed to its header; else, as behind a header that lies about its size, the first one that
    /// did not come.
    mutating func note(_ error: CodError, in portion: Portion, of series: SeriesPlan, without settled: Set<String>) {
        let range = portion.byteRange ?? 0..<(portion.archive.byteCount ?? .max)
        let offset = max(min(error.byteOffset ?? .max, range.upperBound - 1), range.lowerBound)
        guard let layout = EntryLayout(instances: series.instances, archiveByteCount: portion.archive.byteCount) else {
            pending.insert(offset)
            if portion.instances.allSatisfy({ settled.contains($0.uid) }) { standing[offset] = error }
            return
        }
        let wanted = Set(portion.instances.lazy.map(\.uid))
        let firstMissing = layout.entries.first {
            range.contains($0.range.lowerBound) && wanted.contains($0.instance.uid) && !settled.contains($0.instance.uid)
        }
        let entry = layout.entry(at: offset)
        let isInHeader = entry.map { offset < $0.instance.dataOffset ?? 0 && !settled.contains($0.instance.uid) } ?? false
        let place: Int64
        if let entry, isInHeader {
            place = entry.range.lowerBound
        } else if let firstMissing, firstMissing.range.lowerBound <= offset {
            place = firstMissing.range.lowerBound
        } else {
            place = entry?.range.lowerBound ?? offset
        }
        pending.insert(place)
        // Where nothing that is listed is missing there may have been something else.
        let isRoom = entry?.mayHoldUnlisted ?? true
        standing[place] = firstMissing == nil && portion.keepsUnlisted && isRoom ? error : nil
    }

    /// What to fetch of a series around the damage; `keepsUnlisted`: also what the metadata does not list.
    mutating func portions(
        of series: SeriesPlan, without settled: Set<String>, keepsUnlisted: Bool, planner: Planner
    ) -> [Portion] {
        for place in pending { counts[place, default: 0] += 1 }
        pending = []
        guard roundCount < Self.mostRounds else {
            return eachAlone(of: series, without: settled, keepsUnlisted: keepsUnlisted, planner: planner)
        }
        roundCount += 1
        let isRoomOpen = standing.keys.contains { counts[$0] == 1 }
        let isMissing = series.instances.contains { $0.isWanted && !settled.contains($0.uid) }
        let again = planner.portions(
            of: series, without: settled, around: places, keepsUnlisted: keepsUnlisted && (isRoomOpen || isMissing))
        // What is fetched again may come to its end.
        for place in standing.keys where again.contains(where: { $0.byteRange?.contains(place) ?? true }) {
            standing[place] = nil
        }
        return again
    }

    /// Each instance as a portion of its own; nothing the second time, and nothing without offsets.
    mutating func eachAlone(
        of series: SeriesPlan, without settled: Set<String>, keepsUnlisted: Bool, planner: Planner
    ) -> [Portion] {
        pending = []
        if hasTriedEach { return [] }
        hasTriedEach = true
        let portions = planner.portions(
            of: series, without: settled, around: [], keepsUnlisted: keepsUnlisted, eachAlone: true
        ).filter { portion in portion.instances.contains { $0.dataOffset != nil } }
        return Array(portions.prefix(Self.mostAlone))
    }
}

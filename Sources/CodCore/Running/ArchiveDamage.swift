/// Where an archive could not be read on, and what is fetched around it. Pure.
///
/// A place that failed once is tried again: the damage may have happened on the way. One that fails again is left out, and what
/// lies behind it is fetched from the next entry's boundary on. After ``mostRounds`` each missing instance is a portion of its own,
/// once; so the rounds end, whatever the archive is.
struct ArchiveDamage {
    /// How often what is missing is planned around the damage.
    static let mostRounds = 16

    /// How often the archive failed at a byte.
    private var counts: [Int64: Int] = [:]
    private var roundCount = 0
    private var hasTriedEach = false
    private var standing: [Int64: CodError] = [:]

    /// What stands, whatever else is fetched, in the archive's order: each names the instance where it is known.
    var failures: [CodError] { standing.sorted { $0.key < $1.key }.map(\.value) }

    /// The places that failed again.
    var places: Set<Int64> { Set(counts.lazy.filter { $0.value > 1 }.map(\.key)) }

    /// Whether it failed in more than one place.
    var isWidespread: Bool { counts.count > 1 }

    mutating func note(_ errors: [CodError]) {
        for place in Set(errors.compactMap(\.byteOffset)) { counts[place, default: 0] += 1 }
    }

    /// What to fetch of a series around the damage.
    mutating func portions(of series: SeriesPlan, without settled: Set<String>, planner: Planner) -> [Portion] {
        guard roundCount < Self.mostRounds else { return eachAlone(of: series, without: settled, planner: planner) }
        roundCount += 1
        return planner.portions(of: series, without: settled, around: places)
    }

    /// Each instance as a portion of its own; nothing the second time, and nothing without offsets.
    mutating func eachAlone(of series: SeriesPlan, without settled: Set<String>, planner: Planner) -> [Portion] {
        if hasTriedEach { return [] }
        hasTriedEach = true
        return planner.portions(of: series, without: settled, around: [], eachAlone: true).filter { portion in
            portion.instances.contains { $0.dataOffset != nil }
        }
    }

    /// Takes the failures of places that are not fetched again. One that costs nothing that is wanted is none.
    mutating func settle(_ errors: [CodError], in series: SeriesPlan, saved: Set<String>, again: [Portion]) {
        let layout = EntryLayout(instances: series.instances, archiveByteCount: series.archive?.byteCount)
        let isWantedWhole = series.isWantedWhole
        for var error in errors {
            guard let offset = error.byteOffset, !again.contains(where: { $0.byteRange?.contains(offset) ?? true }) else {
                continue
            }
            if let entry = layout?.entry(at: offset) {
                if entry.instance.isWanted, !saved.contains(entry.instance.uid) {
                    error.instance = error.instance ?? entry.instance.uid
                    error.reach = .instance
                } else if !(isWantedWhole && entry.mayHoldUnlisted) {
                    continue
                }
            }
            standing[offset] = error
        }
    }
}

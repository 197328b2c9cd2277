import CodCore

/// What the zip of a study is to be made of: entries that lie in the zip in progress, entries of the finished one, and how to put them
/// together. Pure.
///
/// Of the zip in progress it takes what the run asked for, and what else is known to be all of a series that it asked for; the rest stays
/// for a run that asks for it. All entries of the finished one are kept, but for its report on what was missing, and for those that are damaged.
struct ZipMakeup {
    enum Origin: Sendable { case progress, finished }

    /// An entry, and where its bytes are.
    struct Part: Sendable {
        let place: ZipLayout.Place
        let origin: Origin
    }

    enum Way: Equatable {
        /// The finished zip is the one that is wanted.
        case keep
        /// The zip in progress becomes it, with what it lacks behind it.
        case complete
        /// Everything is copied into a new file.
        case copy
    }

    /// In the order in which they are to be.
    private(set) var parts: [Part] = []
    private let byteCount: Int64
    private let lacksOrder: Bool
    private let isFinishedChanged: Bool
    /// Whether the zip in progress holds more, which is none of this run's.
    let leavesProgress: Bool
    /// How many damaged instances the finished one has that nothing takes the place of.
    let lostCount: Int

    /// - Parameters:
    ///   - study: the instances that the zip must have.
    ///   - progress: what lies in the zip in progress, which has `byteCount` bytes.
    ///   - finished: what the finished one has that is whole; `nil` where there is none.
    ///   - damaged: the names of its other entries.
    ///   - localNames: what the damaged ones are called where they lie, if otherwise.
    ///   - confirmed: the crc32c of the archives of series all of which was saved: their entries are to say so.
    ///   - timestamp: the time that entries must have, which are to be in the order of their names then.
    ///
    /// Throws where an instance is in neither.
    init(
        of study: SavedStudy, progress: [String: ZipLayout.Place], byteCount: Int64, finished: [String: ZipLayout.Place]?,
        damaged: Set<String> = [], localNames: [String: String] = [:], confirmed: [String: CRC32C] = [:], timestamp: ZipTime?
    ) throws(CodError) {
        self.byteCount = byteCount
        let wanted = Set(study.series.lazy.flatMap(\.instances).map { StudyZipper.entryName(of: $0.instance) })
        let series = Set(study.series.lazy.map(\.id.series))
        var fresh = progress.filter { name, place in
            wanted.contains(name) || place.entry.archiveChecksum != nil && series.contains(String(ZipEntryName.series(of: name)))
        }
        leavesProgress = fresh.count < progress.count
        let old = finished ?? [:]
        // What the finished one has in the same way is left over from a run that was killed when it had just finished it.
        for (name, place) in progress where old[name]?.entry.holdsTheSame(as: place.entry) == true { fresh[name] = nil }
        for saved in study.series.lazy.flatMap(\.instances) {
            let name = StudyZipper.entryName(of: saved.instance)
            if let place = fresh[name], place.entry.holds(saved) { continue }
            // It is newer than what it takes the place of, unless it is what an earlier run saved of another version.
            if let place = old[name], place.entry.holds(saved) { fresh[name] = nil } else { throw Self.missing(saved) }
        }
        let kept = old.values.filter { fresh[$0.entry.name] == nil && $0.entry.name != IncompleteEntry.name }
        let present = fresh.merging(old) { $1 }
        lostCount = damaged.count { name in
            let origin = localNames[name] ?? name
            return fresh[name] == nil && ZipEntryName.isOfInstance(name) && (origin == name || present[origin] == nil)
        }
        func part(_ place: ZipLayout.Place, _ origin: Origin) -> Part {
            var entry = place.entry
            if !confirmed.isEmpty, let archive = confirmed[String(ZipEntryName.series(of: entry.name))] {
                entry.archiveChecksum = archive
            }
            return Part(place: ZipLayout.Place(entry: entry, offset: place.offset), origin: origin)
        }
        let first = fresh.values.map { part($0, .progress) }
        let second = kept.map { part($0, .finished) }
        isFinishedChanged =
            finished == nil || !fresh.isEmpty || study.isComplete && old[IncompleteEntry.name] != nil
            || lostCount == 0 && !damaged.isEmpty
            || second.contains { $0.place.entry.archiveChecksum != old[$0.place.entry.name]?.entry.archiveChecksum }
        if let timestamp {
            parts = (first + second).sorted { $0.place.entry.name < $1.place.entry.name }
            var layout = ZipLayout()
            lacksOrder = parts.contains { part in
                var entry = part.place.entry
                entry.modified = timestamp
                let place = layout.add(entry)
                return part.origin == .progress && place != part.place
            }
        } else {
            parts = first.sorted { $0.place.offset < $1.place.offset } + second.sorted { $0.place.offset < $1.place.offset }
            lacksOrder = false
        }
    }

    /// How to make it. `hasReport`: with an entry that says what is missing, which the finished one has not.
    func way(hasNewReport: Bool) -> Way {
        if !isFinishedChanged, !hasNewReport { return .keep }
        let isBehind = parts.lazy.drop { $0.origin == .progress }.allSatisfy { $0.origin == .finished }
        if lacksOrder || !isBehind || leavesProgress { return .copy }
        // Gaps are what is left of entries that were saved again or taken back, and of a process that was killed.
        let used = parts.reduce(Int64(0)) { $0 + ($1.origin == .progress ? $1.place.endOffset - $1.place.offset : 0) }
        return byteCount - used > byteCount / 4 ? .copy : .complete
    }

    /// The parts of the zip in progress, and the gaps between them.
    var gaps: [Range<Int64>] {
        var gaps: [Range<Int64>] = []
        var end: Int64 = 0
        for part in parts where part.origin == .progress {
            if part.place.offset > end { gaps.append(end..<part.place.offset) }
            end = part.place.endOffset
        }
        if byteCount > end { gaps.append(end..<byteCount) }
        return gaps
    }

    private static func missing(_ saved: SavedInstance) -> CodError {
        CodError(
            .writeFailed, "\(saved.root) no longer holds an instance that was found in it.",
            recovery: "Run the same command again: it is fetched anew.", reach: .study
        ).located(in: saved.instance.series, instance: saved.instance.uid)
    }
}

extension ZipEntry {
    /// Whether it is an instance as it was saved, as far as that can be told.
    func holds(_ saved: SavedInstance) -> Bool {
        guard byteCount == saved.instance.byteCount else { return false }
        guard let checksum, let other = saved.checksum else { return true }
        return checksum == other
    }

    /// Whether it is an instance as the metadata describes it, as far as that tells. One without a crc32c is another program's, or damaged.
    func holds(_ planned: PlannedInstance) -> Bool {
        guard let checksum, checksum == planned.checksum ?? checksum else { return false }
        return planned.byteCount.map { $0 == byteCount } ?? true
    }

    /// Whether it has the same bytes, as far as that can be told.
    func holdsTheSame(as other: ZipEntry) -> Bool {
        byteCount == other.byteCount && crc32 == other.crc32 && checksum == other.checksum
    }
}

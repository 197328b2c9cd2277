/// Wanted instances of a series that lie side by side in its archive: what a worker can be given of it.
package struct SeriesPart: Sendable {
    /// The bytes of the archive that hold them; `nil` where the metadata does not tell where they lie: then the archive is read by its
    /// headers.
    package let byteRange: Range<Int64>?
    /// In the archive's order where that is known.
    package let instances: [PlannedInstance]
    /// How many bytes are to be fetched for it, as far as that is known.
    package let byteCount: Int64
}

extension SeriesPlan {
    /// The parts of the series as they stand in a plan's file.
    package var parts: [SeriesPart] { parts(of: SharingPolicy().mostByteCount) }

    /// Cuts what is wanted of the series into parts of at least `byteCount`, and less than twice that but where entries are long. Each
    /// wanted instance is in one of them; they are in the archive's order. Pure.
    ///
    /// What must come in one portion is one part: a series whose entries' places are not known; one that is wanted whole and has room
    /// for entries that the metadata does not list, or instances that the archive's own checksum alone can confirm.
    func parts(of byteCount: Int64, joinedGapByteCount: Int64 = PlanningPolicy().joinedGapByteCount) -> [SeriesPart] {
        guard let archive else { return [] }
        let wanted = instances.filter(\.isWanted)
        if wanted.isEmpty { return [] }
        guard let layout = EntryLayout(instances: instances, archiveByteCount: archive.byteCount) else {
            let byteCount = archive.byteCount ?? wanted.reduce(0) { $0.addingSaturated($1.byteCount ?? 0) }
            return [SeriesPart(byteRange: nil, instances: wanted, byteCount: byteCount)]
        }
        let isWhole = wanted.count == instances.count
        let whole = SeriesPart(
            byteRange: 0..<layout.tail.upperBound, instances: layout.entries.map(\.instance), byteCount: layout.tail.upperBound)
        let isInDoubt = archive.checksum != nil && wanted.contains { $0.checksum == nil }
        if isWhole, layout.mayHoldUnlisted || isInDoubt { return [whole] }

        let entries = layout.entries.filter(\.instance.isWanted)
        let total = entries.reduce(Int64(0)) { $0 + Int64($1.range.count) }
        let count = Int(max(total / max(byteCount, 1), 1))
        if isWhole, count == 1 { return [whole] }
        let shares = EvenShares(total: total, count: count)
        var parts: [SeriesPart] = []
        var first = entries.startIndex
        var (before, current) = (Int64(0), 0)
        for position in entries.indices {
            let entry = entries[position]
            let share = shares.index(from: before, byteCount: Int64(entry.range.count))
            if position > first {
                let gap = entry.range.lowerBound - entries[position - 1].range.upperBound
                if share != current || gap > joinedGapByteCount {
                    parts.append(SeriesPart(entries[first..<position]))
                    first = position
                }
            }
            current = share
            before += Int64(entry.range.count)
        }
        parts.append(SeriesPart(entries[first...]))
        return parts
    }

    /// The same series, of which these instances are wanted alone.
    func wanting(_ uids: Set<String>) -> SeriesPlan {
        var series = self
        for position in series.instances.indices {
            series.instances[position].isWanted = uids.contains(series.instances[position].uid)
        }
        return series
    }
}

extension SeriesPart {
    /// Entries that follow one another.
    fileprivate init(_ entries: ArraySlice<EntryLayout.Entry>) {
        let start = entries.first?.range.lowerBound ?? 0
        self.init(
            byteRange: start..<(entries.last?.range.upperBound ?? start), instances: entries.map(\.instance),
            byteCount: entries.reduce(0) { $0 + Int64($1.range.count) })
    }
}

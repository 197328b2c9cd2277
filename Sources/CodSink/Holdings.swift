internal import CodCore

/// What is known in a run to be saved, and to be missing.
struct Holdings {
    /// The instances that were found or saved.
    private(set) var held: [SeriesID: Set<String>] = [:]
    /// The wanted ones that were not: identifier, size and checksum.
    private(set) var missing: [SeriesID: [String: PlannedInstance]] = [:]

    /// Adds what was found or saved of a series, and what was not found.
    mutating func add(_ saved: [SavedInstance], _ missing: [PlannedInstance], of series: SeriesID) {
        if saved.isEmpty, missing.isEmpty { return }
        // Taken out: what is changed while it is in there is looked for anew each time.
        var heldOfSeries = held.removeValue(forKey: series) ?? []
        var missingOfSeries = self.missing.removeValue(forKey: series) ?? [:]
        heldOfSeries.reserveCapacity(heldOfSeries.count + saved.count)
        missingOfSeries.reserveCapacity(missingOfSeries.count + missing.count)
        for saved in saved {
            heldOfSeries.insert(saved.instance.uid)
            missingOfSeries[saved.instance.uid] = nil
        }
        for instance in missing {
            heldOfSeries.remove(instance.uid)
            missingOfSeries[instance.uid] = PlannedInstance(
                uid: instance.uid, byteCount: instance.byteCount, checksum: instance.checksum)
        }
        if !heldOfSeries.isEmpty { held[series] = heldOfSeries }
        if !missingOfSeries.isEmpty { self.missing[series] = missingOfSeries }
    }
}

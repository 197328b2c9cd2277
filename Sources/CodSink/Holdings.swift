internal import CodCore

/// What is known in a run to be saved, and to be missing.
struct Holdings {
    /// The instances that were found or saved.
    private(set) var held: [SeriesID: Set<String>] = [:]
    /// The wanted ones that were not when they were looked for; some may have been saved since, and then are held. The last word on one
    /// comes last.
    private(set) var missing: [SeriesID: [PlannedInstance]] = [:]

    /// Adds what was found or saved of a series, and what was not found.
    mutating func add(_ saved: [SavedInstance], _ missing: [PlannedInstance], of series: SeriesID) {
        if saved.isEmpty, missing.isEmpty { return }
        // Taken out: what is changed while it is in there is looked for anew each time.
        var heldOfSeries = held.removeValue(forKey: series) ?? []
        heldOfSeries.reserveCapacity(heldOfSeries.count + saved.count)
        for saved in saved { heldOfSeries.insert(saved.instance.uid) }
        if !heldOfSeries.isEmpty { for instance in missing { heldOfSeries.remove(instance.uid) } }
        if !heldOfSeries.isEmpty { held[series] = heldOfSeries }
        // Usually looked for once: then these are the plan's own, and take no memory.
        if missing.isEmpty { return }
        if self.missing[series] == nil { self.missing[series] = missing } else { self.missing[series]? += missing }
    }
}

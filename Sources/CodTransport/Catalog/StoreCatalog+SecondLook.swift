import CodCore

/// Looking twice where a writer may be at work.
extension StoreCatalog {
    /// How long a writer has between the two looks.
    private static var patience: Duration { .seconds(5) }

    /// Looks once more at the series that seem to be being written, after one wait for all of them, with one listing for each of their
    /// studies. What is the same then stands.
    func lookAgain(
        at planned: inout [(Int, SeriesFindings)], _ selection: Selection, _ layout: FileLayout? = nil
    ) async throws {
        let doubtful = planned.indices.filter { planned[$0].1.mayBeBeingWritten }
        if doubtful.isEmpty { return }
        context.notice(
            "\(doubtful.count == 1 ? "A series seems" : "\(doubtful.count) series seem") to be being written; looking again in "
                + "\(Self.patience.components.seconds) s.")
        try await context.timing.sleep(Self.patience)
        let studies = Set(doubtful.compactMap { planned[$0].1.plan?.id.study }).sorted()
        let listings = try await studies.mapConcurrently(limit: concurrentRequestCount) { try await listing(of: $0) }
        let objects = Dictionary(
            listings.flatMap { listing in listing.series.map { (SeriesID(study: listing.uid, series: $0.uid), $0) } }
        ) { first, _ in first }
        // A series that is gone, or whose study cannot be listed now, stays as it was seen.
        let found = doubtful.compactMap { position in
            planned[position].1.plan.flatMap { objects[$0.id] }.map { (position, $0) }
        }
        let again = try await found.mapConcurrently(limit: concurrentRequestCount) { [planned] position, objects in
            (
                position,
                try await findings(on: objects, inStudy: planned[position].1.plan?.id.study ?? "", selection, layout)
            )
        }
        for (position, findings) in again { planned[position].1 = findings }
    }
}

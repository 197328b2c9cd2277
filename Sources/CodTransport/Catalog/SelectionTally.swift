import CodCore

/// How much conditions on attributes, and then taking every so-manieth, leave of the instances that metadata lists.
struct SelectionTally: Hashable {
    private(set) var seriesCount = 0
    private(set) var matchingSeriesCount = 0
    private(set) var instanceCount = 0
    private(set) var matchingCount = 0
    private(set) var wantedCount = 0

    init() {}

    /// What is left of one series.
    init(_ metadata: SeriesMetadata, matchingCount: Int) {
        seriesCount = 1
        matchingSeriesCount = matchingCount > 0 ? 1 : 0
        instanceCount = metadata.instances.count
        self.matchingCount = matchingCount
        wantedCount = metadata.instances.count(where: \.isWanted)
    }

    mutating func add(_ other: SelectionTally) {
        seriesCount += other.seriesCount
        matchingSeriesCount += other.matchingSeriesCount
        instanceCount += other.instanceCount
        matchingCount += other.matchingCount
        wantedCount += other.wantedCount
    }

    /// What to tell the user of a plan; `nil` where nothing was chosen by attributes or by counting, or nothing was there to choose from.
    func sentence(of selection: Selection) -> String? {
        guard seriesCount > 0, selection.asksForAttributes || selection.every > 1 else { return nil }
        let step = "one instance in \(selection.every)"
        guard selection.asksForAttributes else {
            return "Of each series \(step) is wanted: \(wantedCount) of \(instanceCount) in \(matchingSeriesCount) series."
        }
        let conditions = selection.conditionTexts.joined(separator: ", ")
        return
            "\(conditions): \(matchingSeriesCount) of \(seriesCount) series \(matchingSeriesCount == 1 ? "has" : "have") matching "
            + "instances, \(matchingCount) of \(instanceCount)"
            + (selection.every > 1 ? "; of these \(step) of each series is wanted, \(wantedCount)." : ".")
    }
}

extension CodError {
    /// The same error, saying what the store says of the series, where that may be the cause: content that is missing or does not fit
    /// together. Said once, however often it is asked for.
    package func noting(_ notices: Set<SeriesPlan.Notice>) -> CodError {
        guard Self.codesOfContent.contains(code) else { return self }
        var error = self
        for notice in [SeriesPlan.Notice.locked, .hasErrorLog] where notices.contains(notice) {
            if !error.message.contains(notice.cause) { error.message += " \(notice.cause)" }
        }
        return error
    }

    /// What happens to a series that is being rewritten, or that was written badly.
    private static let codesOfContent: Set<Code> = [
        .missingMetadata, .damagedMetadata, .missingArchive, .damagedArchive, .duplicateEntry, .instanceMissing,
        .instanceMisplaced, .sizeMismatch, .checksumMismatch, .objectChanged, .objectNotFound, .selectionNotFound,
    ]

    /// Whether two failures of one series tell a reader the same.
    func tellsTheSame(as other: CodError) -> Bool {
        code == other.code && message == other.message && instance == other.instance && reach == other.reach
    }

    /// What to do where an archive is another than in a plan that cannot be made again here.
    static var oldPlanRecovery: String { "The plan was made of another version: make a new plan. What is saved stays." }

    /// Whether only another plan can help.
    package var isOfOldPlan: Bool { recovery == Self.oldPlanRecovery }

    /// Whether the archive itself is no longer the one that the plan was made from, or is gone.
    var isOfChangedObject: Bool { instance == nil && (code == .objectChanged || code == .objectNotFound) }

    /// Whether the bytes of an archive as a whole are not those that the store lists.
    var isOfDamagedArchive: Bool { instance == nil && code == .checksumMismatch }
}

extension SeriesPlan.Notice {
    /// A sentence for an error.
    fileprivate var cause: String {
        switch self {
        case .locked: "The series is locked: it may be being rewritten."
        case .hasErrorLog: "The series has an error log: the store knows it to be bad, and it may be being rewritten."
        }
    }

    /// A sentence for whoever retrieves the series.
    func sentence(for series: SeriesID) -> String {
        switch self {
        case .locked:
            "Series \(series) is locked: it is being written, or a write failed. What is there is fetched; look at it again later."
        case .hasErrorLog:
            "Series \(series) has an error log: the store knows it to be bad. What is there is fetched."
        }
    }

    /// A sentence for a series that is left out for it.
    package func sentenceOfSkipping(_ series: SeriesID) -> String {
        switch self {
        case .locked: "Series \(series) is left out: it is locked, so it is being written, or a write failed."
        case .hasErrorLog: "Series \(series) is left out: it has an error log, so the store knows it to be bad."
        }
    }
}

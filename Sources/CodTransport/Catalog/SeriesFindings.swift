import CodCore

/// What is planned of a series, and which of the instances that were asked for by name it has. Pure.
struct SeriesFindings: Sendable {
    /// `nil` when the selection leaves nothing of it.
    let plan: SeriesPlan?
    /// Of the instances that the selection names, those that are in it, wanted or not.
    let foundInstances: Set<String>
    /// What conditions leave of its instances; `nil` where that is not known, or it is left out by something else.
    let tally: SelectionTally?

    /// Whether it looks like a writer at work, who writes metadata.json first and the archive second: the one is there without the
    /// other, or has changed or gone since it was listed.
    var mayBeBeingWritten: Bool {
        guard let code = plan?.failure?.code else { return false }
        return [.missingArchive, .objectChanged, .objectNotFound].contains(code)
    }

    /// An archive of Python's without an entry: one record of zeros.
    private static let emptyArchiveByteCount: Int64 = 10_240

    init(plan: SeriesPlan?, foundInstances: Set<String> = [], tally: SelectionTally? = nil) {
        self.plan = plan
        self.foundInstances = foundInstances
        self.tally = tally
    }

    /// Judges what the store has of a series. Whatever hinders it is in the plan, whatever the selection asks for: of a series that
    /// cannot be read nobody knows that it is not wanted.
    init(id: SeriesID, archive: Archive?, metadata: SeriesMetadata?, notices: Set<SeriesPlan.Notice>, _ selection: Selection) {
        guard var metadata else {
            self.init(plan: Self.withoutMetadata(id: id, archive: archive, notices: notices, selection))
            return
        }
        let found = selection.instances.isEmpty ? [] : selection.instances.intersection(metadata.instances.lazy.map(\.uid))
        let isListed = !metadata.instances.isEmpty
        let matchingCount = metadata.instances.count(where: \.isWanted)
        metadata.keepEvery(selection.every)
        let tally =
            isListed && selection.admits(modality: metadata.modality)
            ? SelectionTally(metadata, matchingCount: matchingCount) : nil
        // Also of an empty series nobody asks for by an instance.
        let isLeftOut =
            !selection.admits(modality: metadata.modality)
            || (!selection.instances.isEmpty || selection.asksForAttributes) && matchingCount == 0
        let state = Self.state(id: id, archive: archive, isListed: isListed)
        guard !isLeftOut || (!isListed && state.isFailed) else {
            self.init(plan: nil, foundInstances: found, tally: tally)
            return
        }
        let plan = SeriesPlan(
            id: id, state: state, instances: metadata.instances, modality: metadata.modality,
            seriesDescription: metadata.seriesDescription, notices: notices, archiveURI: metadata.archiveURI)
        self.init(plan: plan, foundInstances: found, tally: tally)
    }

    private static func state(id: SeriesID, archive: Archive?, isListed: Bool) -> SeriesPlan.State {
        let recovery = "Try again later: the series may be being written. If it stays so, tell who runs the store."
        switch archive {
        case let archive? where isListed: return .retrievable(archive)
        case let archive? where (archive.byteCount ?? 0) > emptyArchiveByteCount:
            let error = CodError(
                .damagedMetadata,
                "The series' metadata.json lists no instances, and its archive holds \(archive.byteCount ?? 0) bytes.",
                recovery: recovery)
            return .failed(error.located(in: id))
        case nil where isListed:
            let error = CodError(
                .missingArchive, "The series' metadata.json lists instances, and its archive (.tar) is not there.",
                recovery: recovery)
            return .failed(error.located(in: id))
        default: return .empty
        }
    }

    private static func withoutMetadata(
        id: SeriesID, archive: Archive?, notices: Set<SeriesPlan.Notice>, _ selection: Selection
    ) -> SeriesPlan? {
        guard let archive else {
            // Nobody asks for an empty series by its modality, by an instance or by attributes.
            return selection.namesContent ? nil : SeriesPlan(id: id, state: .empty, notices: notices)
        }
        let error = CodError(
            .missingMetadata, "The series has an archive, \(archive.url), and no metadata.json.",
            recovery: "Try again later: the series may be being written. If it stays so, tell who runs the store.")
        return SeriesPlan(id: id, state: .failed(error.located(in: id)), notices: notices)
    }
}

extension SeriesPlan.State {
    fileprivate var isFailed: Bool {
        if case .failed = self { true } else { false }
    }
}

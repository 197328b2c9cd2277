internal import CodCore
internal import Synchronization

/// What a sink knows of the run that is under way. It is empty before and after: what is looked up outside of a run is not kept.
final class SinkState: Sendable {
    /// What a run leaves to be done at its end.
    struct Ended: Sendable {
        /// `nil` when nothing was ever written.
        let session: OutputSession?
        /// The instances that were found or saved.
        let held: [SeriesID: Set<String>]
        /// The wanted ones that were not: identifier, size and checksum.
        let missing: [SeriesID: [String: PlannedInstance]]
        /// Whether this run saved anything.
        let hasSaved: Bool
        /// Whether the system said that something could not be brought to the disk.
        let hasSyncFailed: Bool
    }

    private struct Content {
        var session: OutputSession?
        var folders = FolderCache()
        var held: [SeriesID: Set<String>] = [:]
        var missing: [SeriesID: [String: PlannedInstance]] = [:]
        /// Those of `missing` of which there are records.
        var recorded: [SeriesID: Set<String>] = [:]
        var hasSaved = false
        var syncFailure: CodError?
    }

    private let content = Mutex(Content())

    /// The run's session; made by `open` when there is none yet.
    func session(_ open: () throws(CodError) -> OutputSession) throws(CodError) -> OutputSession {
        if let session = content.withLock({ $0.session }) { return session }
        let new = try open()
        let session = content.withLock { content in
            let session = content.session ?? new
            content.session = session
            return session
        }
        // Two at once: the other one was first.
        if session !== new { new.close() }
        return session
    }

    /// The open folder of a series' instances; made by `open` when there is none.
    func folder<Failure: Error>(of series: SeriesID, _ open: () throws(Failure) -> OpenFile) throws(Failure) -> OpenFile {
        if let folder = content.withLock({ $0.folders.folder(of: series) }) { return folder }
        let folder = try open()
        content.withLock { $0.folders.insert(folder, of: series) }
        return folder
    }

    /// The open folder of a series, and no longer kept.
    func takeFolder(of series: SeriesID) -> OpenFile? {
        content.withLock { $0.folders.remove(series) }
    }

    /// Why nothing that was written can be trusted any more; the first reason stays.
    var syncFailure: CodError? {
        get { content.withLock { $0.syncFailure } }
        set { content.withLock { $0.syncFailure = $0.syncFailure ?? newValue } }
    }

    /// Whether there is a record of an instance whose file was not there, or was something else, when it was looked for.
    func isRecorded(_ instance: Instance) -> Bool {
        content.withLock { $0.recorded[instance.series]?.contains(instance.uid) == true }
    }

    func add(_ inventory: SeriesInventory, of series: SeriesID) {
        content.withLock { content in
            guard content.session != nil else { return }
            if !inventory.recorded.isEmpty { content.recorded[series, default: []].formUnion(inventory.recorded) }
            for saved in inventory.held {
                content.held[series, default: []].insert(saved.instance.uid)
                content.missing[series]?[saved.instance.uid] = nil
            }
            for instance in inventory.missing {
                content.held[series]?.remove(instance.uid)
                content.missing[series, default: [:]][instance.uid] = PlannedInstance(
                    uid: instance.uid, byteCount: instance.byteCount, checksum: instance.checksum)
            }
        }
    }

    func add(_ saved: [SavedInstance], of series: SeriesID) {
        content.withLock { content in
            content.hasSaved = true
            for saved in saved {
                content.held[series, default: []].insert(saved.instance.uid)
                content.missing[series]?[saved.instance.uid] = nil
            }
        }
    }

    /// Ends the run: everything is handed out and forgotten.
    func end() -> Ended {
        content.withLock { content in
            defer { content = Content() }
            return Ended(
                session: content.session, held: content.held, missing: content.missing, hasSaved: content.hasSaved,
                hasSyncFailed: content.syncFailure != nil)
        }
    }
}

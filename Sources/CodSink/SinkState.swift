internal import CodCore

/// What a sink knows of the run that is under way. It is empty before and after: what is looked up outside of a run is not kept.
final class SinkState: Sendable {
    /// What a run leaves to be done at its end.
    struct Ended: Sendable {
        /// `nil` when nothing was ever written.
        let session: OutputSession?
        /// The instances that were found or saved.
        let held: [SeriesID: Set<String>]
        /// See ``Holdings/missing``.
        let missing: [SeriesID: [PlannedInstance]]
        /// What was saved and could not be noted in the records yet, because too many files were open.
        let unnoted: [SeriesID: [SavedInstance]]
        /// Whether this run saved anything.
        let hasSaved: Bool
        /// Whether the system said that something could not be brought to the disk.
        let hasSyncFailed: Bool
    }

    private struct Content {
        var session: OutputSession?
        var folders = FolderCache()
        /// The identifiers of which there is a record though nothing that is held has it, listed or not.
        var recorded: [SeriesID: Set<String>] = [:]
        var unnoted: [SeriesID: [SavedInstance]] = [:]
        /// Those of series that are wanted whole and of which more is recorded than is listed, or of which it is to be noted when nothing
        /// is left of them.
        var archives: [SeriesID: (Archive, mayHoldUnlisted: Bool)] = [:]
        var hasSaved = false
        var syncFailure: CodError?
        var colliding = Colliding()
        /// Of series that had to be looked at: on disks that ignore case only.
        var takenNames: [SeriesID: TakenNames] = [:]
        var checked = CheckedFiles()
        /// Where the instances of a layout are to be that are not there; what is saved is not among them.
        var targets: [SeriesID: [String: InstanceTarget]] = [:]
        var owners = PathOwners()

        /// Takes in where the missing instances of a series are to be. Those that this run gave a path keep it.
        mutating func add(_ inventory: SeriesInventory, of series: SeriesID) {
            for instance in inventory.missing {
                if targets[series]?[instance.uid]?.isOwn == true { continue }
                let own = inventory.ownPaths[instance.uid]
                guard let path = own ?? instance.path else { continue }
                let isOwn = own != nil || InstanceTarget.isDistinct(path, of: instance.uid, in: series)
                targets[series, default: [:]][instance.uid] = InstanceTarget(path: path, isOwn: isOwn)
            }
        }
    }

    private let content = Guarded(Content())
    /// Under a lock of its own: adding a portion to it takes a while, in which others save.
    private let holdings = Guarded(Holdings())

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

    /// Whether a run is under way.
    var isInRun: Bool { content.withLock { $0.session != nil } }

    /// The open folder of a series' instances; made by `open` when there is none.
    func folder<Failure: Error>(
        of series: SeriesID, _ open: () throws(Failure) -> SeriesFolder
    ) throws(Failure) -> SeriesFolder {
        if let folder = content.withLock({ $0.folders.folder(of: series) }) { return folder }
        let folder = try open()
        content.withLock { $0.folders.insert(folder, of: series) }
        return folder
    }

    /// The open folder of a series, and no longer kept.
    func takeFolder(of series: SeriesID) -> SeriesFolder? {
        content.withLock { $0.folders.remove(series) }
    }

    /// What cannot have its plain name, as far as the run's plan shows it.
    var colliding: Colliding { content.withLock { $0.colliding } }

    /// Notes what of a plan cannot have its plain name.
    func addColliding(_ add: (inout Colliding) -> Void) {
        content.withLock { add(&$0.colliding) }
    }

    /// The file name of an instance on a disk that ignores case, taken by it from now on. `list` answers the names that are there.
    func takeName<Failure: Error>(
        of uid: String, in series: SeriesID, _ list: () throws(Failure) -> Set<String>
    ) throws(Failure) -> String {
        if content.withLock({ $0.takenNames[series] }) == nil {
            let listed = TakenNames(try list())
            // Two at once: what the first has taken stays taken.
            content.withLock { $0.takenNames[series] = $0.takenNames[series] ?? listed }
        }
        return content.withLock { content in
            content.takenNames[series, default: TakenNames([])].name(
                of: uid, suffix: OutputLayout.instanceSuffix,
                isMarked: content.colliding.instances[series]?.contains(uid) == true)
        }
    }

    /// Why nothing that was written can be trusted any more; the first reason stays.
    var syncFailure: CodError? {
        get { content.withLock { $0.syncFailure } }
        set { content.withLock { $0.syncFailure = $0.syncFailure ?? newValue } }
    }

    /// Counts files without a record that are about to be read; answers a notice when they have become many.
    func noteChecked(count: Int, byteCount: Int64, in path: String) -> String? {
        content.withLock { $0.checked.add(count: count, byteCount: byteCount, in: path) }
    }

    /// Whether there is a record of an instance whose file was not there, or was something else, when it was looked for.
    func isRecorded(_ instance: Instance) -> Bool {
        content.withLock { !$0.recorded.isEmpty && $0.recorded[instance.series]?.contains(instance.uid) == true }
    }

    func add(_ inventory: SeriesInventory, of plan: SeriesPlan) {
        let series = plan.id
        let isInRun = content.withLock { content in
            guard let session = content.session else { return false }
            if plan.isWantedWhole, let archive = plan.archive {
                let mayHoldUnlisted = plan.mayHoldUnlisted
                if mayHoldUnlisted || !inventory.recorded.isSubset(of: inventory.missing.lazy.map(\.uid)) {
                    content.archives[series] = (archive, mayHoldUnlisted)
                }
            }
            if plan.instances.contains(where: { $0.path != nil }) || !inventory.ownPaths.isEmpty {
                content.add(inventory, of: series)
            }
            if session.ignoresCase { content.colliding.add(plan.instances.lazy.map(\.uid), of: series) }
            if !inventory.recorded.isEmpty { content.recorded[series, default: []].formUnion(inventory.recorded) }
            return true
        }
        if isInRun { holdings.withLock { $0.add(inventory.held, inventory.missing, of: series) } }
    }

    func add(_ saved: [SavedInstance], of series: SeriesID) {
        content.withLock { $0.hasSaved = true }
        holdings.withLock { $0.add(saved, [], of: series) }
    }

    /// The archive of a series that is wanted whole, where there may be, or is, something of it that the metadata does not list.
    func archive(ofWhole series: SeriesID) -> (Archive, mayHoldUnlisted: Bool)? { content.withLock { $0.archives[series] } }

    /// The instances that are recorded of a series and not listed; `nil` outside of a run.
    func recordedBesides(_ plan: SeriesPlan) -> Set<String>? {
        content.withLock { content in
            guard content.session != nil else { return nil }
            return content.recorded[plan.id, default: []].subtracting(plan.instances.lazy.map(\.uid))
        }
    }

    /// Which paths earlier runs gave to which instances.
    func setOwners(_ owners: PathOwners) { content.withLock { $0.owners = owners } }

    /// Claims a path for an instance; answers whether it has it, and no other instance did.
    func claim(_ path: String, for instance: Instance) -> Bool {
        content.withLock { content in
            if content.owners.isOthers(path, than: instance.uid, in: instance.series) { return false }
            content.owners.add(path, of: instance.uid, in: instance.series)
            return true
        }
    }

    /// Where an instance of a layout is to be; `nil` for one that is not in the plan.
    func target(of instance: Instance) -> InstanceTarget? {
        content.withLock { $0.targets[instance.series]?[instance.uid] }
    }

    /// Notes that an instance has a path from now on.
    func take(_ path: String, for instance: Instance) {
        content.withLock { $0.targets[instance.series, default: [:]][instance.uid] = InstanceTarget(path: path, isOwn: true) }
    }

    /// Keeps what could not be noted in the records for the end of the run.
    func addUnnoted(_ saved: [SavedInstance], of series: SeriesID) {
        content.withLock { $0.unnoted[series, default: []] += saved }
    }

    /// Ends the run: everything is handed out and forgotten.
    func end() -> Ended {
        let holdings = holdings.withLock { holdings in
            defer { holdings = Holdings() }
            return holdings
        }
        return content.withLock { content in
            defer { content = Content() }
            return Ended(
                session: content.session, held: holdings.held, missing: holdings.missing, unnoted: content.unnoted,
                hasSaved: content.hasSaved, hasSyncFailed: content.syncFailure != nil)
        }
    }
}

/// The files without a record that a run reads.
struct CheckedFiles {
    private var count = 0
    private var byteCount: Int64 = 0
    /// When there is more than this, it is told: reading it takes a while.
    private var toldByteCount: Int64 = 256 << 20

    /// Counts some more. Answers a notice at 256 MiB, and whenever it has doubled since.
    mutating func add(count: Int, byteCount: Int64, in path: String) -> String? {
        self.count += count
        self.byteCount &+= byteCount
        guard self.byteCount >= toldByteCount else { return nil }
        toldByteCount = self.byteCount.multipliedReportingOverflow(by: 2).overflow ? .max : self.byteCount * 2
        return """
            There is no record of \(self.count) files in \(path), \(self.byteCount >> 20) MiB so far: each is read once and \
            compared with the metadata's checksum.
            """
    }
}

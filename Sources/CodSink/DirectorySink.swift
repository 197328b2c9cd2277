public import CodCore
public import Logging
internal import SystemPackage

/// Saves each instance as a file: `<study>/<series>/instances/<instance>.dcm` below an output folder, or where a ``FileLayout`` says.
///
/// A file stands under its name only when it is whole and has passed every check above; until then it has no name, or one in
/// `.cod/partial/`. Instances that are there with the size that the metadata gives are not fetched again; where no record vouches
/// for such a file, a run reads it once and compares it with the metadata's checksum. What is saved is listed in `log.json`,
/// cod-retrieve's interchange file, which is complete after every run; sizes and checksums are noted in `.cod/records/`. On a disk
/// that ignores case, instances, series and studies whose names differ in case only get names with a mark (`abC~00000004.dcm`). Links
/// that somebody planted below the output folder are never followed. Several processes may save into one folder.
///
/// The value may be used for one run after the other.
public struct DirectorySink: Sink {
    /// The output folder as it was given; `.` for an empty text. A path that is not absolute begins where the process stands; `~` is
    /// the shell's to expand.
    public let path: String
    /// Whether what a portion saved is brought to the disk (and not only to the system's memory) before it is recorded. Costs one
    /// `syncfs` a portion on Linux, an `fsync` a file elsewhere. A run that is being cancelled does not wait for it, and records
    /// nothing of that portion. `Documentation/Durability.md` says what survives what.
    public let isDurable: Bool
    /// Whether a run is refused before it begins when the disk has less room than it needs. To be switched off where the disk
    /// compresses.
    public let checksSpace: Bool
    /// Whether a run reads files without a record and compares them with the metadata's checksums before they count as saved.
    public let checksUnrecorded: Bool
    /// Where files go, the same for all runs into one folder; `nil`: by their identifiers, as above. The plan must have been made for it
    /// (``RetrievalRequest/layout``). `files.csv` in the output folder tells then which file is which instance.
    public let layout: FileLayout?
    let logger: Logger
    let usesUnnamedFiles: Bool
    let ignoresCase: Bool?
    let sync: InstanceSync
    let space: SpaceProbe
    let locks: OutputLocks
    let state = SinkState()

    /// Makes a sink that saves below the folder at `path`, which is made when it is needed.
    public init(
        at path: String, layout: FileLayout? = nil, isDurable: Bool = true, checksSpace: Bool = true,
        checksUnrecorded: Bool = true, logger: Logger = Logger(label: "cod")
    ) {
        self.init(
            at: path, layout: layout, isDurable: isDurable, checksSpace: checksSpace, checksUnrecorded: checksUnrecorded,
            logger: logger, usesUnnamedFiles: true)
    }

    /// The last five are for tests: without `usesUnnamedFiles`, files are written as on a system that has no nameless ones;
    /// `ignoresCase`, `sync` and `space` stand in for the disk, `lockBounds` for its patience.
    init(
        at path: String, layout: FileLayout? = nil, isDurable: Bool, checksSpace: Bool = true, checksUnrecorded: Bool = true,
        logger: Logger = Logger(label: "cod"), usesUnnamedFiles: Bool, ignoresCase: Bool? = nil,
        sync: @escaping InstanceSync = syncInstances,
        space: @escaping SpaceProbe = { (folder) throws(Errno) in try folder.fileSystem() },
        lockBounds: OutputLocks.Bounds = OutputLocks.Bounds()
    ) {
        self.path = path.isEmpty ? "." : path
        locks = OutputLocks(path: self.path, bounds: lockBounds) { logger.notice("\($0)") }
        self.layout = layout
        self.isDurable = isDurable
        self.checksSpace = checksSpace
        self.checksUnrecorded = checksUnrecorded
        self.logger = logger
        self.usesUnnamedFiles = usesUnnamedFiles
        self.ignoresCase = ignoresCase
        self.sync = sync
        self.space = space
    }

    /// Makes the output folder with its parents, removes what dead processes left, and writes and removes a file. Throws
    /// ``CodError/Code/outputUnusable`` when that cannot be done.
    public func prepare(for plan: RetrievalPlan) async throws {
        try await offTaskThreads {
            let session: OutputSession
            do { session = try self.session() } catch {
                // Nobody wants to know any more who holds the lock.
                try BlockingCancellation.check()
                throw error
            }
            if session.ignoresCase, layout == nil { state.addColliding { $0.add(plan) } }
            if layout != nil {
                do { state.setOwners(try PathOwners(in: session.root)) } catch let errno as Errno {
                    throw CodError.outputUnusable("look into", "\(path)/\(OutputLayout.ownName)", errno)
                }
            }
            let log = LogFile(session: session, path: path, layout: layout)
            do {
                if let notice = try log.read({ _ in }) { logger.notice("\(notice) The files themselves are looked at instead.") }
            } catch {
                logger.notice(
                    "Cannot read \(path)/\(OutputLayout.logName): \(error). The files themselves are looked at instead.")
            }
        }
    }

    /// Which of a series' wanted instances are there with the size that the metadata gives, or, where it gives none, with the size
    /// that was noted when they were saved. Of an instance whose noted checksum is not the metadata's another version is there: it
    /// is not counted, nor is one that was found to be damaged.
    ///
    /// In a run, between ``prepare(for:)`` and ``close()``, a file without a record is read and compared with the metadata's
    /// checksum, and what came of it is recorded. Else nothing is changed; where there is no output folder, there is nothing.
    public func inventory(of series: SeriesPlan) async throws -> [SavedInstance] {
        var inventory = try await offTaskThreads {
            do {
                return try SeriesInventory(
                    of: series, in: Self.existingFolder(at: path), path: path, layout: layout, isCompared: checksUnrecorded)
            } catch let errno as Errno {
                throw CodError.file("look into", "\(path)/\(series.id)", errno, code: .outputUnusable).reaching(.job)
                    .located(in: series.id)
            }
        }
        if checksUnrecorded, state.isInRun { inventory = try await checkingUnrecorded(inventory, of: series.id) }
        state.add(inventory, of: series)
        return inventory.held
    }

    /// Whether a run came to the series' end, and what it saved beside the listed instances is still there and whole, as far as sizes and
    /// records tell. Where the store lists the archive's checksum, it must have come out of that archive. Changes nothing.
    public func holdsUnlisted(of series: SeriesPlan) async throws -> Bool {
        guard let archive = series.archive else { return true }
        return try await offTaskThreads {
            do {
                let mayHoldUnlisted = series.mayHoldUnlisted
                // In a run it is known which records there are.
                if !mayHoldUnlisted, let others = state.recordedBesides(series), others.isEmpty { return true }
                guard let root = try Self.existingFolder(at: path) else { return false }
                let records = SeriesRecords(of: series.id, in: root)
                guard !mayHoldUnlisted || records.completion == SeriesRecords.Completion(of: archive) else { return false }
                let listed = Set(series.instances.lazy.map(\.uid))
                let others = Set(records.instances).subtracting(listed)
                let held = try held(
                    others, of: series.id, records, comparedWith: mayHoldUnlisted ? archive.checksum : nil, in: root)
                return held.count == others.count
            } catch let errno as Errno {
                throw CodError.file("look into", "\(path)/\(series.id)", errno, code: .outputUnusable).reaching(.job)
                    .located(in: series.id)
            }
        }
    }

    /// Adds what earlier runs saved that the metadata does not list, to series that are wanted whole.
    ///
    /// Of those that came to their end without a failure it is noted that nothing is left in their archives; where that is not noted, and
    /// there may be something that the metadata does not list, the next run looks.
    public func finish(_ study: SavedStudy) async throws -> SavedStudy {
        let ended = study.series.indices.compactMap { position in
            let series = study.series[position]
            return series.failures.isEmpty ? state.archive(ofWhole: series.id).map { (position, $0) } : nil
        }
        if ended.isEmpty || isDurable && Task.isCancelled { return study }
        let session = try session()
        return try await offTaskThreads {
            var whole = study
            for (position, (archive, mayHoldUnlisted)) in ended {
                let series = study.series[position].id
                let records = SeriesRecords(of: series, in: session.root)
                let others = Set(records.instances).subtracting(study.series[position].instances.lazy.map(\.instance.uid))
                do {
                    whole.series[position].instances += try held(
                        others, of: series, records, comparedWith: mayHoldUnlisted ? archive.checksum : nil, in: session.root)
                } catch {
                    throw CodError.wrapping(error, in: "The output").located(in: series).reaching(.study)
                }
                let completion = SeriesRecords.Completion(of: archive)
                if !mayHoldUnlisted || records.completion == completion { continue }
                do { try SeriesRecords.append([], completion, to: series, in: session.own, locks: session.locks) } catch {
                    // It is a note: the next run looks again.
                    logger.debug("It could not be noted that \(series) is complete: \(error).")
                }
            }
            return whole
        }
    }

    /// Those of some instances that the metadata does not list which are there as they were recorded; with the checksum of an archive, as
    /// they came out of that archive. In the order of their identifiers.
    private func held(
        _ unlisted: Set<String>, of series: SeriesID, _ records: SeriesRecords, comparedWith archive: CRC32C?, in root: OpenFile
    ) throws -> [SavedInstance] {
        guard !unlisted.isEmpty else { return [] }
        if layout != nil { return try heldByPaths(unlisted, of: series, records, comparedWith: archive, in: root) }
        guard let folder = try root.seriesFolder(of: series) else { return [] }
        var held: [SavedInstance] = []
        try folder.folder.forEachInstanceFile { uid, name, byteCount in
            guard unlisted.contains(uid), let record = records[instance: uid],
                vouches(record, forByteCount: byteCount, comparedWith: archive)
            else { return }
            var saved = folder.saved(
                Instance(series: series, uid: uid, byteCount: byteCount), named: name, below: path, checksum: record.checksum,
                isEarlier: true)
            saved.archiveChecksum = record.archiveChecksum
            held.append(saved)
        }
        return held.sorted { $0.instance.uid < $1.instance.uid }
    }

    /// The same of files that have a layout.
    private func heldByPaths(
        _ unlisted: Set<String>, of series: SeriesID, _ records: SeriesRecords, comparedWith archive: CRC32C?, in root: OpenFile
    ) throws -> [SavedInstance] {
        var folders = PathFolders(root)
        var held: [SavedInstance] = []
        for uid in unlisted.sorted() {
            guard let record = records[instance: uid] else { continue }
            let file = record.path ?? OutputLayout.path(of: uid, in: series)
            guard let byteCount = try folders.byteCount(at: file), vouches(record, forByteCount: byteCount, comparedWith: archive)
            else { continue }
            var saved = SavedInstance(
                instance: Instance(series: series, uid: uid, byteCount: byteCount), path: file, root: path,
                checksum: record.checksum, isEarlier: true)
            saved.archiveChecksum = record.archiveChecksum
            held.append(saved)
        }
        return held
    }

    private func vouches(_ record: SeriesRecords.Record, forByteCount byteCount: Int64, comparedWith archive: CRC32C?) -> Bool {
        record.byteCount == byteCount && !record.isDamaged
            && (!checksUnrecorded || archive == nil || record.archiveChecksum == archive)
    }

    /// Completes `log.json`, brings it and the records to the disk, and removes the run's partial folder. Throws when the log cannot
    /// be written; the old one stays then.
    public func close() async throws {
        let ended = state.end()
        guard let session = ended.session else { return }
        let isSynced = isDurable && !Task.isCancelled && !ended.hasSyncFailed
        try await offTaskThreads {
            var isLockHeld = false
            defer { session.close(awaitingLock: !isLockHeld) }
            do {
                // The records' data first, here too.
                if isSynced, !ended.unnoted.isEmpty { try session.sync(all: true) }
                if isSynced || !isDurable { for (series, saved) in ended.unnoted { try note(saved, of: series, in: session) } }
                let log = LogFile(session: session, path: path, layout: layout)
                let notice = try log.merge(held: ended.held, missing: ended.missing, isDurable: isDurable)
                if let notice { logger.notice("\(notice)") }
                if layout != nil { try writeTable(in: session) }
                // When nothing was saved there is the log's name alone.
                if isSynced { try session.sync(all: ended.hasSaved) }
            } catch let error as CodError {
                isLockHeld = true
                throw error.reaching(.job)
            } catch let errno as Errno {
                throw CodError.file("write", "\(path)/\(OutputLayout.logName)", errno).reaching(.job)
            }
        }
    }

    /// The run's open output folder; opened when nobody has prepared it.
    func session() throws(CodError) -> OutputSession {
        try state.session { () throws(CodError) in
            try OutputSession.open(
                at: path, layout: layout, usesUnnamedFiles: usesUnnamedFiles, ignoresCase: ignoresCase, locks: locks)
        }
    }

    private static func existingFolder(at path: String) throws(Errno) -> OpenFile? {
        do {
            return try OpenFile.folder(at: path)
        } catch .noSuchFileOrDirectory, .notDirectory {
            // What is in the way is reported when the folder is to be written.
            return nil
        }
    }
}

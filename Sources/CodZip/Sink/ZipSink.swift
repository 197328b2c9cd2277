public import CodCore
public import Logging
import SystemPackage

/// Saves each study straight into `<study>.zip` in a folder, with no unpacked copy.
///
/// In the zip an instance is `<series>/instances/<instance>.dcm`, in the order in which they came; with a ``ZipOptions/timestamp`` in the
/// order of their names, so that the same study gives the same bytes. Until a study is whole its zip is called
/// `.<study>.zip.partial`, and `.<study>.zip.journal` beside it says what it holds: a run that was killed is gone on with, and what it had
/// saved is not fetched again. Nor is what a finished zip holds, but for what a ``ZipVerification`` has found to be damaged; where more is
/// wanted, a zip with all of it takes its place. One process at a time fills the zip of a study. A study of which anything failed gets
/// none, unless ``ZipOptions/allowsPartial``.
///
/// The value may be used for one run after the other.
public struct ZipSink: Sink {
    /// The folder of the zips as it was given; `.` for an empty text.
    public let folder: String
    /// How they are made.
    public let options: ZipOptions
    /// Whether a zip is on the disk, and not only in the system's memory, before it gets its name.
    public let isDurable: Bool
    /// Whether a run is refused before it begins when the disk has less room than the instances take unpacked.
    public let checksSpace: Bool
    /// Whether an instance that only its archive's checksum can confirm counts as saved when that was compared, and not before.
    public let requiresConfirmation: Bool
    let logger: Logger
    let usesUnnamedFiles: Bool
    let space: ZipSpaceProbe
    let room: PackingRoom
    let state = ZipSinkState()

    /// Makes a sink that saves into zips in `folder`, which is made when it is needed.
    public init(
        into folder: String, options: ZipOptions = ZipOptions(), isDurable: Bool = true, checksSpace: Bool = true,
        requiresConfirmation: Bool = true, logger: Logger = Logger(label: "cod")
    ) {
        self.init(
            into: folder, options: options, isDurable: isDurable, checksSpace: checksSpace,
            requiresConfirmation: requiresConfirmation, logger: logger, usesUnnamedFiles: true)
    }

    /// The last two are for tests: they stand in for the disk.
    init(
        into folder: String, options: ZipOptions = ZipOptions(), isDurable: Bool, checksSpace: Bool = true,
        requiresConfirmation: Bool = true, logger: Logger = Logger(label: "cod"), usesUnnamedFiles: Bool,
        space: @escaping ZipSpaceProbe = { (folder) throws(Errno) in try folder.fileSystem() }
    ) {
        self.folder = folder.isEmpty ? "." : folder
        self.options = options
        self.isDurable = isDurable
        self.checksSpace = checksSpace
        self.requiresConfirmation = requiresConfirmation
        self.logger = logger
        self.usesUnnamedFiles = usesUnnamedFiles
        self.space = space
        room = PackingRoom(options)
    }

    /// Makes the folder with its parents, and looks whether zips can be made in it. Throws ``CodError/Code/outputUnusable`` when they
    /// cannot, or when something else has the name of one.
    public func prepare(for plan: RetrievalPlan) async throws {
        try await offTaskThreads {
            let opened = try outputUnusable("make a file in", folder) { () throws(Errno) in
                let opened = try OpenFile.makingFolder(at: FilePath(folder))
                ZipFile.removeDead(in: opened)
                try probe(opened)
                return opened
            }
            state.folder = opened
            for study in plan.studies where UIDText.isValid(study.uid) {
                let names = names(of: study.uid, in: opened)
                try outputUnusable("write", names.path) { () throws(Errno) in
                    switch try opened.status(of: names.name)?.kind {
                    case .folder: throw .isDirectory
                    case .other: throw .fileExists
                    case .file, .link, nil: break
                    }
                }
                for name in [names.partialName, names.journalName] {
                    try outputUnusable("write", "\(folder)/\(name)") { () throws(Errno) in
                        if let kind = try opened.status(of: name)?.kind, kind != .file { throw .fileExists }
                    }
                }
            }
        }
    }

    /// Which of a series' wanted instances lie in the study's zip, finished or in progress, with the size that the metadata gives and,
    /// where both are known, its checksum. In a run what lies in a zip in progress is read once, to see that it is all there. Else nothing
    /// is changed.
    public func inventory(of series: SeriesPlan) async throws -> [SavedInstance] {
        let wanted = series.instances.filter(\.isWanted)
        guard !wanted.isEmpty, UIDText.isValid(series.id.study), UIDText.isValid(series.id.series) else { return [] }
        // An instance without a checksum that was saved and not confirmed may be out of an archive that would have failed as a whole.
        let archive = series.archive?.checksum
        let isWantedWhole = wanted.count == series.instances.count
        let needsConfirmation = requiresConfirmation && archive != nil && isWantedWhole
        if isWantedWhole { state.noteWhole(series.id, archive: requiresConfirmation ? archive : nil) }
        return try await offTaskThreads {
            guard let opened = try state.folder ?? existingFolder() else { return [] }
            let names = names(of: series.id.study, in: opened)
            let progress = try heldInProgress(names)
            let finished = try finishedZip(names)?.places ?? [:]
            return wanted.compactMap { planned in
                guard UIDText.isValid(planned.uid) else { return nil }
                let instance = Instance(series: series.id, uid: planned.uid, byteCount: 0, checksum: planned.checksum)
                let name = StudyZipper.entryName(of: instance)
                var entries = [progress.places[name]?.entry, finished[name]?.entry].compactMap(\.self)
                if progress.places[name] != nil { entries[0].archiveChecksum = progress.confirmations[name] }
                return entries.first { entry in
                    guard entry.holds(planned) else { return false }
                    guard planned.checksum == nil, let archive else { return true }
                    return entry.archiveChecksum.map { $0 == archive } ?? !needsConfirmation
                }.map { saved(instance, in: $0, names) }
            }
        }
    }

    /// Whether all that a series' archive holds beside the listed instances is in the zip of its study. Where the store lists the archive's
    /// checksum an entry tells that; else a zip that is finished is taken for whole, unless the metadata tells where the listed
    /// instances are: then the archive is looked through again.
    public func holdsUnlisted(of series: SeriesPlan) async throws -> Bool {
        guard UIDText.isValid(series.id.study), UIDText.isValid(series.id.series) else { return false }
        return try await offTaskThreads {
            guard let opened = try state.folder ?? existingFolder() else { return false }
            let names = names(of: series.id.study, in: opened)
            let finished = try finishedZip(names)
            let listed =
                finished?.damaged.isEmpty == false
                ? Set(series.instances.lazy.map { StudyZipper.entryName(of: $0.uid, in: series.id) }) : []
            if !series.mayHoldUnlisted { return finished?.isDamaged(series.id.series, besides: listed) != true }
            let progress = try heldInProgress(names)
            if let archive = series.archive?.checksum, requiresConfirmation {
                return progress.confirmations.has(archive, of: series.id.series)
                    || finished?.confirms(archive, of: series.id.series, besides: listed) == true
            }
            guard progress.places.isEmpty, let finished, finished.isWhole(series.id.series, besides: listed) else {
                return false
            }
            return !requiresConfirmation || !series.instances.allSatisfy { $0.dataOffset != nil }
        }
    }

    /// Lets go of the zips in progress: they stay for the next run, but for those which hold nothing that the finished zip lacks.
    public func close() async throws {
        let zips = state.end()
        if zips.isEmpty { return }
        try await offTaskThreads {
            for zip in zips where zip.isOfNoUse { zip.discard() }
        }
    }

    private func saved(_ instance: Instance, in entry: ZipEntry, _ names: StudyZip.Names) -> SavedInstance {
        var instance = instance
        instance.byteCount = entry.byteCount
        var saved = SavedInstance(
            instance: instance, path: entry.name, root: names.path, checksum: entry.checksum, isEarlier: true)
        if instance.checksum == nil { saved.archiveChecksum = entry.archiveChecksum }
        return saved
    }

    private func heldInProgress(_ names: StudyZip.Names) throws -> StudyZip.Holdings {
        do {
            if let zip = state.zip(of: names.study) { return zip.holdings }
            guard state.folder != nil else { return try state.recorded(names) }
            guard try StudyZip.isThere(names) else { return StudyZip.Holdings() }
            return try state.zip(of: names.study, isEarly: true) { try open(names) }.holdings
        } catch let errno as Errno {
            throw unreadable(names.partialPath, errno)
        } catch let error as CodError where error.reach < .job {
            // Another process fills it; the study fails when it is to be saved.
            return StudyZip.Holdings()
        }
    }

    private func probe(_ folder: OpenFile) throws(Errno) {
        do throws(Errno) {
            if !usesUnnamedFiles { throw .notSupported }
            _ = try folder.createUnnamed()
        } catch .notSupported {
            let name = ".probe.zip.\(String(UInt64.random(in: .min ... .max), radix: 16)).partial"
            _ = try folder.create(name)
            // Another process may take it for a dead one's.
            do { try folder.removeFile(name) } catch .noSuchFileOrDirectory {}
        }
    }

    private func existingFolder() throws -> OpenFile? {
        do {
            return try OpenFile.folder(at: folder)
        } catch .noSuchFileOrDirectory, .notDirectory {
            // What is in the way is reported when the folder is to be written.
            return nil
        } catch {
            throw unreadable(folder, error)
        }
    }
}

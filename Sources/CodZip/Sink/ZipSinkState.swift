import CodCore
import Synchronization
import SystemPackage

/// What a sink knows of the run that is under way: the zips that it fills, and what it read of a study last.
final class ZipSinkState: Sendable {
    /// How many zips in progress stay open between the inventory and the first byte.
    static let mostOpenEarly = 16

    private struct Content {
        var folder: OpenFile?
        var zips: [String: StudyZip] = [:]
        /// The one that was opened last, when ``zips`` had enough.
        var spare: StudyZip?
        var finished: Finished?
        var recorded: Recorded?
        /// The series that are wanted whole, and the checksums that the store lists for their archives.
        var archives: [SeriesID: CRC32C?] = [:]
    }

    private struct Finished {
        let study: String
        let status: FileStatus
        let mark: FileStatus?
        /// `nil`: it is no zip.
        let zip: FinishedZip?
    }

    private struct Recorded {
        let study: String
        let statuses: [FileStatus?]
        let holdings: StudyZip.Holdings
    }

    private let content = Guarded(Content())
    /// One zip is opened at a time.
    private let opening = Mutex(())

    /// The run's folder; `nil` outside of a run.
    var folder: OpenFile? {
        get { content.withLock { $0.folder } }
        set { content.withLock { $0.folder = newValue } }
    }

    /// The checksum that the store lists for the archive of a series that is wanted whole.
    func archiveChecksum(of series: SeriesID) -> CRC32C? { content.withLock { $0.archives[series] ?? nil } }

    /// Whether a series is wanted whole.
    func isWantedWhole(_ series: SeriesID) -> Bool { content.withLock { $0.archives[series] != nil } }

    /// Notes, in a run, a series that is wanted whole.
    func noteWhole(_ series: SeriesID, archive: CRC32C?) {
        content.withLock { content in
            if content.folder != nil { content.archives[series] = .some(archive) }
        }
    }

    /// The zip of a study that is open.
    func zip(of study: String) -> StudyZip? {
        content.withLock { content in
            content.zips[study] ?? content.spare.flatMap { $0.names.study == study ? $0 : nil }
        }
    }

    /// The zip of a study, opened by `open` when it is not. `isEarly`: nothing is to be added yet. Blocks.
    func zip(of study: String, isEarly: Bool, _ open: () throws -> StudyZip) throws -> StudyZip {
        try opening.withLock { _ in
            let zip = try zip(of: study) ?? open()
            content.withLock { content in
                if content.zips[study] != nil { return }
                if isEarly, content.zips.count >= Self.mostOpenEarly {
                    content.spare = zip
                } else {
                    content.zips[study] = zip
                    if content.spare === zip { content.spare = nil }
                }
            }
            return zip
        }
    }

    /// Lets go of the zip of a study; answers it when it was open.
    @discardableResult
    func remove(_ study: String) -> StudyZip? {
        content.withLock { content in
            defer { if content.spare?.names.study == study { content.spare = nil } }
            return content.zips.removeValue(forKey: study) ?? content.spare.flatMap { $0.names.study == study ? $0 : nil }
        }
    }

    /// The finished zip of a study, read when it is not the one that was read last; `didRead` is told of that, or why it is no zip.
    /// Blocks on the disk; throws an `Errno`.
    func finishedZip(_ names: StudyZip.Names, didRead: (Result<FinishedZip?, CodError>) -> Void) throws -> FinishedZip? {
        guard let status = try names.folder.status(of: names.name) else { return nil }
        let mark = try names.folder.status(of: DamageMark.name(for: names.name))
        let last = content.withLock { $0.finished }
        if let last, last.study == names.study, last.status == status, last.mark == mark { return last.zip }
        var zip: FinishedZip?
        do {
            zip = try FinishedZip(names)
            didRead(.success(zip))
        } catch let error as CodError {
            didRead(.failure(error))
        }
        let found = Finished(study: names.study, status: zip?.status ?? status, mark: mark, zip: zip)
        content.withLock { $0.finished = found }
        return zip
    }

    /// What the journal of a study's zip in progress says; read when it is not the one that was read last. Blocks on the disk.
    func recorded(_ names: StudyZip.Names) throws(Errno) -> StudyZip.Holdings {
        let statuses = [try names.folder.status(of: names.partialName), try names.folder.status(of: names.journalName)]
        let last = content.withLock { $0.recorded }
        if let last, last.study == names.study, last.statuses == statuses { return last.holdings }
        let holdings = try StudyZip.recorded(names)
        content.withLock { $0.recorded = Recorded(study: names.study, statuses: statuses, holdings: holdings) }
        return holdings
    }

    /// Ends the run: everything is handed out and forgotten.
    func end() -> [StudyZip] {
        content.withLock { content in
            defer { content = Content() }
            return Array(content.zips.values) + [content.spare].compactMap(\.self)
        }
    }
}

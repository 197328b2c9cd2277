import CodCore
import Logging
import SystemPackage

/// Opens what the sink reads and fills.
extension ZipSink {
    func names(of study: String, in opened: OpenFile) -> StudyZip.Names {
        StudyZip.Names(folder: opened, folderPath: folder, study: study)
    }

    /// The time that the entries of a zip have which is begun now.
    var modified: ZipTime { options.timestamp ?? .now }

    /// Opens the zip in progress of a study; says so where that takes a while.
    func open(_ names: StudyZip.Names) throws -> StudyZip {
        if let other = try names.otherName() {
            throw CodError(
                .writeFailed,
                "\(names.path) cannot be made: the disk ignores case, and \(other) is there, which is another study's.",
                recovery: "Choose another folder for it.", reach: .study)
        }
        let byteCount = try names.folder.status(of: names.partialName)?.byteCount ?? 0
        if byteCount >= 256 << 20 {
            logger.notice(
                "\(names.partialPath) is of a run that did not end: its \(byteCount.inByteUnits) are looked through first.")
        }
        return try StudyZip.open(names, modified: modified)
    }

    /// The finished zip of a study. One that cannot be understood is told to the user, and made anew.
    func finishedZip(_ names: StudyZip.Names) throws -> FinishedZip? {
        do {
            if try names.otherName() != nil { return nil }
            return try state.finishedZip(names) { result in
                switch result {
                case .success(let zip):
                    guard let count = zip?.damaged.count, count > 0 else { break }
                    let entries = count == 1 ? "An entry of \(names.path) does" : "\(count) entries of \(names.path) do"
                    logger.notice("\(entries) not count: verified, \(count == 1 ? "it was" : "they were") found to be damaged.")
                case .failure(let error): logger.notice("\(names.path) does not count: \(error.message)")
                }
            }
        } catch let errno as Errno {
            throw unreadable(names.path, errno)
        }
    }

    func unreadable(_ path: String, _ errno: Errno) -> CodError {
        CodError.file("read", path, errno, code: .outputUnusable).reaching(.job)
    }

    func outputUnusable<Result>(
        _ action: String, _ path: String, _ body: () throws(Errno) -> Result
    ) throws(CodError) -> Result {
        do { return try body() } catch { throw .outputUnusable(action, path, error) }
    }
}

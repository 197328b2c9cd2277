internal import CodCore
internal import SystemPackage

/// An output folder that is open for writing, for the length of a run.
final class OutputSession: Sendable {
    /// The output folder.
    let root: OpenFile
    /// The tool's own folder in it.
    let own: OpenFile
    let partial: PartialFolder
    /// Whether its disk takes capital and small letters for the same: see ``DiskName``.
    let ignoresCase: Bool
    let locks: OutputLocks

    private init(root: OpenFile, own: OpenFile, partial: PartialFolder, ignoresCase: Bool, locks: OutputLocks) {
        self.locks = locks
        self.root = root
        self.own = own
        self.partial = partial
        self.ignoresCase = ignoresCase
    }

    /// Opens the folder at `path`, made with its parents where it is not there, and removes what dead processes left in it. Writes
    /// and removes a file, to know that it can. `ignoresCase` stands in for what the disk does.
    static func open(
        at path: String, layout: FileLayout? = nil, usesUnnamedFiles: Bool, ignoresCase: Bool? = nil, locks: OutputLocks? = nil
    ) throws(CodError) -> OutputSession {
        let locks = locks ?? OutputLocks(path: path)
        let root = try attempt("make the folder", path) { () throws(Errno) in try OpenFile.makingFolder(at: FilePath(path)) }
        try attempt("make a file in", path) { () throws(Errno) in try probe(root) }
        let ownPath = "\(path)/\(OutputLayout.ownName)"
        let own = try attempt("make the folder", ownPath) { () throws(Errno) in try root.makingFolder(OutputLayout.ownName) }
        let partial = try attempt("make a file in", "\(ownPath)/\(OutputLayout.partialName)") {
            try locks.holdingOutput(of: own) { () throws(Errno) in
                let partials = try own.makingFolder(OutputLayout.partialName)
                PartialFolder.removeDead(in: partials)
                let partial = try PartialFolder.make(in: partials, usesUnnamedFiles: usesUnnamedFiles)
                if let layout, [.none, .forgotten].contains(LayoutNote(of: root)) {
                    try LayoutNote.write(layout, in: own, by: partial)
                }
                return partial
            }
        }
        do { _ = try LayoutNote(of: root).layout(continuing: path, with: layout) } catch {
            partial.remove()
            throw error
        }
        let session = OutputSession(
            root: root, own: own, partial: partial, ignoresCase: ignoresCase ?? partial.ignoresCase, locks: locks)
        do {
            try attempt("write", "\(path)/\(OutputLayout.logName)") { () throws(Errno) in
                if try root.status(of: OutputLayout.logName)?.kind == .folder { throw .isDirectory }
            }
        } catch {
            session.close()
            throw error
        }
        return session
    }

    /// Waits until what was written is on the disk: all of it, or the names in the output folder alone.
    func sync(all: Bool) throws(Errno) {
        do {
            if all { try root.syncFileSystem() } else { try root.sync() }
        } catch .notSupported, .invalidArgument, .noFunction {
            // A file system that cannot be asked.
        }
    }

    /// Removes this run's partial folder, and the folder of these when it was the last. Where another process holds the lock for too
    /// long, or has just done so, the folder of these stays.
    func close(awaitingLock: Bool = true) {
        var locks = locks
        if !awaitingLock { locks.bounds.limit = .zero }
        do {
            try locks.holdingOutput(of: own) { () throws(Errno) in
                partial.remove()
                try? own.removeFolder(OutputLayout.partialName)
            }
        } catch {
            partial.remove()
        }
    }

    /// A nameless file says whether the folder may be written to and leaves nothing behind. Where there are none, the folders that
    /// are made next are the proof.
    private static func probe(_ root: OpenFile) throws(Errno) {
        do { _ = try root.createUnnamed() } catch .notSupported {}
    }

    private static func attempt<Result, Failure: Error>(
        _ action: String, _ path: String, _ body: () throws(Failure) -> Result
    ) throws(CodError) -> Result {
        do {
            return try body()
        } catch {
            if var failure = error as? CodError {
                failure.code = .outputUnusable
                throw failure.reaching(.job)
            }
            throw .outputUnusable(action, path, error as? Errno ?? .ioError)
        }
    }
}

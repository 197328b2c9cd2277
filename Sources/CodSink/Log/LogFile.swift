internal import CodCore
internal import SystemPackage

/// The file `log.json` of an output folder.
struct LogFile {
    /// How much of a log is read: entries of some eight million instances.
    static let maximumByteCount: Int64 = 1 << 30
    /// Where a log that could not be read goes, in the tool's own folder.
    static let unreadableName = "log.unreadable.json"

    let session: OutputSession
    /// What the user calls the output folder.
    let path: String
    /// Where the files are; `nil`: by their identifiers.
    var layout: FileLayout?
    var maximumByteCount = Self.maximumByteCount

    /// Reads the log, and says in a sentence what is wrong with it; it is then what could be read. None is an empty one.
    func read(_ found: (LogEntry) -> Void) throws(Errno) -> String? {
        guard let status = try session.root.status(of: OutputLayout.logName) else { return nil }
        guard status.kind == .file else { return sentence("is no regular file") }
        let file = try session.root.openReading(OutputLayout.logName)
        var scanner = LogScanner()
        var offset: Int64 = 0
        while scanner.problem == nil {
            let chunk = try file.readChunk(at: offset, byteCount: 1 << 16)
            if chunk.count == 0 { break }
            offset += Int64(chunk.count)
            if offset > maximumByteCount { return sentence("is larger than \(maximumByteCount) bytes") }
            scanner.push(chunk, found)
        }
        scanner.finish()
        if let problem = scanner.problem { return sentence(problem) }
        let count = scanner.refusedCount
        return count == 0 ? nil : sentence("holds \(count) member\(count == 1 ? "" : "s") that can name no instance")
    }

    /// Makes the log complete: what it says and is true, and what this run knows to be saved. `held` are instances that were found
    /// or saved, `missing` those that were not; see ``Holdings``. No other process merges at the same time. Answers a notice for the user.
    /// Throws an `Errno`, or a ``CodError`` that says who does not let go of the lock.
    func merge(
        held: [SeriesID: Set<String>], missing: [SeriesID: [PlannedInstance]], isDurable: Bool
    ) throws -> String? {
        try session.locks.holdingOutput(of: session.own) { () throws(Errno) in
            var log = SavedLog()
            let problem = try read { log.insert($0) }
            for (series, uids) in log.instances {
                let doubtful = uids.subtracting(held[series] ?? [])
                guard !doubtful.isEmpty else { continue }
                let gone = try gone(doubtful, of: series, missing: missing[series] ?? [])
                log.instances[series]?.subtract(gone)
            }
            log.instances.merge(held) { $0.union($1) }
            var notice: String?
            if let problem, try setAside() {
                notice = "\(problem) It is now \(path)/\(OutputLayout.ownName)/\(Self.unreadableName)."
            }
            try replace(with: log, isDurable: isDurable)
            return notice
        }
    }

    private func sentence(_ problem: String) -> String { "\(path)/\(OutputLayout.logName) \(problem)." }

    /// Which instances have no file. One that this run wanted and did not find must also be the size that it looked for: another
    /// process may have saved it in between.
    private func gone(
        _ uids: Set<String>, of series: SeriesID, missing: [PlannedInstance]
    ) throws(Errno) -> Set<String> {
        let folder = layout == nil ? try session.root.instancesFolder(of: series) : nil
        if layout == nil, folder == nil { return uids }
        var wanted: [String: PlannedInstance] = [:]
        for instance in missing where uids.contains(instance.uid) { wanted[instance.uid] = instance }
        let plan = SeriesPlan(id: series, state: .empty, instances: Array(wanted.values))
        let inventory = try SeriesInventory(of: plan, in: session.root, path: path, layout: layout)
        var gone = Set(inventory.missing.map(\.uid))
        guard let folder else { return gone.union(try self.gone(uids.filter { wanted[$0] == nil }, byRecordsOf: series)) }
        for uid in uids where wanted[uid] == nil {
            let name = try folder.fileName(ofInstance: uid)
            if try name.flatMap({ (name) throws(Errno) in try folder.status(of: name) })?.kind != .file { gone.insert(uid) }
        }
        return gone
    }

    /// Of a layout: without a record nobody knows where a file would be.
    private func gone(_ uids: Set<String>, byRecordsOf series: SeriesID) throws(Errno) -> Set<String> {
        let records = SeriesRecords(of: series, in: session.root)
        var folders = PathFolders(session.root)
        var gone = Set<String>()
        for uid in uids {
            guard let record = records[instance: uid] else { continue }
            if try folders.byteCount(at: record.path ?? OutputLayout.path(of: uid, in: series)) == nil { gone.insert(uid) }
        }
        return gone
    }

    /// Moves a log that cannot be read out of the way: it may be something that the user wants. An empty one is not.
    private func setAside() throws(Errno) -> Bool {
        guard let status = try session.root.status(of: OutputLayout.logName), status.kind != .file || status.byteCount > 0 else {
            return false
        }
        try session.root.rename(OutputLayout.logName, to: session.own, as: Self.unreadableName)
        return true
    }

    private func replace(with log: SavedLog, isDurable: Bool) throws(Errno) {
        try session.partial.replace(OutputLayout.logName, in: session.root) { (file) throws(Errno) in
            try log.forEachPiece { (piece) throws(Errno) in try file.writeAll(piece) }
            if isDurable { try file.sync() }
        }
    }
}

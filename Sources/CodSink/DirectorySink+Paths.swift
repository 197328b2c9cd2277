internal import CodCore
internal import SystemPackage

/// Where the files of a layout are.
extension DirectorySink {
    /// The folder that an instance's file is in; `nil` when it is not there. `folder` is the series' where files have no layout.
    func folder(of saved: SavedInstance, besides folder: OpenFile?, in session: OutputSession) throws(Errno) -> OpenFile? {
        if layout == nil { return folder }
        return try session.root.folderIfThere(atPath: PathParts(saved.path).folder)
    }

    /// Removes the folders that instances were saved in, where nothing is in them any more.
    func removeEmptyFolders(of series: SeriesID, _ instances: [SavedInstance], in session: OutputSession) {
        if layout == nil { return session.root.removeEmptyFolders(of: series) }
        for path in Set(instances.map { PathParts($0.path).folder }) { session.root.removeEmptyFolders(atPath: path) }
    }

    /// Waits until instances of a layout are on the disk.
    func syncPaths(_ instances: [SavedInstance], in session: OutputSession) {
        #if os(Linux)
            sync(instances, in: session.root)
        #else
            for (path, instances) in Dictionary(grouping: instances, by: { PathParts($0.path).folder }) {
                // One that is gone has nothing to be brought to the disk.
                guard let folder = try? session.root.folderIfThere(atPath: path) else { continue }
                sync(instances, in: folder)
            }
        #endif
    }

    /// Completes `files.csv`, by the records. Throws an `Errno`, or a ``CodError`` that says who does not let go of the lock.
    func writeTable(in session: OutputSession) throws {
        try session.locks.holdingOutput(of: session.own) { () throws(Errno) in
            do {
                try InstanceTable(session: session).write(isDurable: isDurable)
            } catch let errno as Errno { throw errno } catch { throw .ioError }
        }
    }

    /// Where an instance of a layout is to be.
    func target(of instance: Instance, in session: OutputSession) -> InstanceTarget {
        guard var target = state.target(of: instance) else {
            // One that the metadata does not list.
            return InstanceTarget(path: OutputLayout.path(of: instance.uid, in: instance.series), isOwn: true)
        }
        if !state.claim(target.path, for: instance) { target = target.distinct(for: instance) }
        return target
    }

    /// Whether the file at a place holds what an instance does: then it is its own, and somebody else has just saved it.
    func holds(_ folder: OpenFile, _ name: String, _ instance: Instance, _ checksum: CRC32C?) -> Bool {
        guard let checksum = checksum ?? instance.checksum else { return false }
        var reader = FileReader()
        let found = try? reader.content(of: name, in: folder, upTo: instance.byteCount)
        return found == FileContent(byteCount: instance.byteCount, checksum: checksum)
    }
}

/// The path that an instance is to be saved at.
struct InstanceTarget: Sendable {
    var path: String
    /// Whether whatever is there may be replaced: the path is nobody else's, because a record or a mark in the name says so.
    var isOwn: Bool

    /// The path that no other instance has.
    func distinct(for instance: Instance) -> InstanceTarget {
        if Self.isDistinct(path, of: instance.uid, in: instance.series) { return InstanceTarget(path: path, isOwn: true) }
        return InstanceTarget(path: FileLayout.distinctPath(path, of: instance.uid, in: instance.series), isOwn: true)
    }

    /// Whether the path has the instance's mark.
    static func isDistinct(_ path: String, of uid: String, in series: SeriesID) -> Bool {
        let mark = FileLayout.distinctPath("", of: uid, in: series).utf8
        return path.utf8.suffix(mark.count).elementsEqual(mark)
    }
}

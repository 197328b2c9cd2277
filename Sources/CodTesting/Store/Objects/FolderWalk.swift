internal import CodCore
internal import SystemPackage

/// Walks through the files below a folder in the order of their names' bytes, reading one folder at a time.
///
/// It holds one open folder and its names for each level.
final class FolderWalk {
    private struct Level {
        let folder: OpenFile
        /// What goes before the names here.
        let prefix: String
        /// Sorted; those of folders end with a slash, which is where they belong in the order of objects' names.
        let names: [ObjectName]
        var index = 0
    }

    private static let deepest = 64
    private var levels: [Level] = []

    /// Starts in a folder whose files' names begin with `prefix`.
    init(_ folder: OpenFile, prefix: String) throws {
        try enter(folder, prefix: prefix)
    }

    /// The first name that does not precede `place`; places must not fall from one call to the next.
    func first(from place: [UInt8]) throws -> ObjectName? {
        while var level = levels.popLast() {
            while level.index < level.names.count, isPast(level, place) { level.index += 1 }
            guard level.index < level.names.count else { continue }
            let entry = level.names[level.index].text
            let name = level.prefix + entry
            guard entry.hasSuffix("/") else {
                levels.append(level)
                return ObjectName(name)
            }
            // When the folder below is done, its next neighbour is due.
            level.index += 1
            levels.append(level)
            guard levels.count < Self.deepest else { continue }
            do {
                try enter(level.folder.folder(String(entry.dropLast())), prefix: name)
            } catch Errno.noSuchFileOrDirectory {
                // Somebody removed it after it was listed: its files are objects no more.
                continue
            }
        }
        return nil
    }

    /// Whether a level's next file precedes `place`, or all files of its next folder do.
    private func isPast(_ level: Level, _ place: [UInt8]) -> Bool {
        let entry = level.names[level.index].text
        let name = level.prefix + entry
        guard ObjectName(name).precedes(place) else { return false }
        return !(entry.hasSuffix("/") && place.starts(with: name.utf8))
    }

    private func enter(_ folder: OpenFile, prefix: String) throws {
        var names: [ObjectName] = []
        try folder.forEachName { name in
            guard BucketFolder.isVisible(name) else { return }
            switch try folder.status(of: name)?.kind {
            case .file: names.append(ObjectName(name))
            case .folder: names.append(ObjectName(name + "/"))
            case .link, .other, nil: break
            }
        }
        levels.append(Level(folder: folder, prefix: prefix, names: names.sorted()))
    }
}

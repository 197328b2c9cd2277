internal import CodCore
internal import SystemPackage

/// A path below an output folder in two: the folders, and the name of the file.
struct PathParts: Hashable, Sendable {
    /// Empty for the output folder itself.
    let folder: String
    let name: String

    init(_ path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        folder = slash.map { String(path[..<$0]) } ?? ""
        name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// The names in a path, told apart by bytes: a mark that belongs to a letter may follow a slash.
    static func names(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// The longest path that counts, in bytes: longer than any layout's, and short enough for a line of the records.
    private static let maximumByteCount = 1200

    /// Whether a path that was read somewhere is one below an output folder, and of nothing of the tool's own.
    static func isSafe(_ path: String) -> Bool {
        let names = names(of: path)
        guard names.first.map({ $0.lowercased() != OutputLayout.ownName }) ?? false, path.utf8.count <= maximumByteCount else {
            return false
        }
        return names.allSatisfy { name in
            !name.isEmpty && name != "." && name != ".." && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }
}

extension OpenFile {
    /// The folder at a path of names below this one; `nil` when there is none, or a link or a file in the way to it.
    func folderIfThere(atPath path: String) throws(Errno) -> OpenFile? {
        var folder = self
        for name in PathParts.names(of: path) where !name.isEmpty {
            guard let next = try folder.folderIfThere(name) else { return nil }
            folder = next
        }
        return folder
    }

    /// The same, made where it is not there.
    func makingFolder(atPath path: String) throws(Errno) -> OpenFile {
        func make() throws(Errno) -> OpenFile {
            var folder = self
            for name in PathParts.names(of: path) where !name.isEmpty { folder = try folder.makingFolder(name) }
            return folder
        }
        // Somebody may take an empty folder away before the next one is made in it.
        do { return try make() } catch .noSuchFileOrDirectory { return try make() }
    }

    /// What stands at a path below this folder; `nil` when nothing does, or a link or a file is in the way to it.
    func status(atPath path: String) throws(Errno) -> FileStatus? {
        let parts = PathParts(path)
        return try folderIfThere(atPath: parts.folder)?.status(of: parts.name)
    }

    /// Removes the folders of a path in which nothing is, from the innermost out.
    func removeEmptyFolders(atPath path: String) {
        var names = PathParts.names(of: path)
        while let name = names.popLast(), !name.isEmpty {
            guard let above = try? folderIfThere(atPath: names.joined(separator: "/")) else { continue }
            // A folder that holds anything cannot be removed so.
            do { try above.removeFolder(name) } catch .noSuchFileOrDirectory { continue } catch { return }
        }
    }
}

/// Opens folders at paths below another one, and keeps the last few open: a series' instances are in few.
struct PathFolders: Sendable {
    private static let capacity = 8

    let root: OpenFile
    private var open: [(path: String, folder: OpenFile?)] = []

    init(_ root: OpenFile) {
        self.root = root
    }

    /// The folder at a path; `nil` when there is none.
    mutating func folder(at path: String) throws(Errno) -> OpenFile? {
        if path.isEmpty { return root }
        if let found = open.last(where: { $0.path == path }) { return found.folder }
        let folder = try root.folderIfThere(atPath: path)
        if open.count >= Self.capacity { open.removeFirst() }
        open.append((path, folder))
        return folder
    }

    /// The size of the regular file at a path; `nil` when there is none.
    mutating func byteCount(at path: String) throws(Errno) -> Int64? {
        let parts = PathParts(path)
        guard let status = try folder(at: parts.folder)?.status(of: parts.name), status.kind == .file else { return nil }
        return status.byteCount
    }
}

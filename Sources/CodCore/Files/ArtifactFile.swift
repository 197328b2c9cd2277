package import SystemPackage

/// A file that a finisher makes of a study: whole under its name, or not there.
public enum ArtifactFile {
    /// Writes a text to `path`, over what is there: under another name first, then on to the disk, then renamed. Blocks on the
    /// disk. Throws a ``CodError`` when it cannot be written; then what was there before is untouched.
    ///
    /// A process that is killed in between leaves a file whose name begins with a dot and ends in `.partial`; the next one that
    /// writes to `path` removes it.
    public static func write(_ text: String, to path: String) throws {
        let name = FilePath(path)
        guard let last = name.lastComponent?.string else {
            throw CodError(.outputUnusable, "\"\(path)\" names no file.", reach: .study)
        }
        do {
            let folder = try OpenFile.folder(at: name.removingLastComponent().isEmpty ? "." : name.removingLastComponent().string)
            try replace(last, in: folder, with: ByteChunk(text.utf8))
        } catch {
            throw CodError.file("write", path, error).reaching(.study)
        }
    }

    /// Puts a file whole in the place of what has its name.
    package static func replace(_ name: String, in folder: OpenFile, with content: ByteChunk) throws(Errno) {
        removeDead(name, in: folder)
        do {
            try replaceOnce(name, in: folder, with: content)
        } catch .noSuchFileOrDirectory {
            // Another process took it for a dead one's, in the moment before it was locked.
            try replaceOnce(name, in: folder, with: content)
        }
    }

    private static func replaceOnce(_ name: String, in folder: OpenFile, with content: ByteChunk) throws(Errno) {
        let temporary = "\(start(of: name))\(UInt64.random(in: .min ... .max))\(end)"
        do {
            let file = try folder.create(temporary)
            // Where there are no locks nobody can take this one either, and dead files stay.
            _ = try? file.lock(waiting: false)
            try file.writeAll(content)
            try file.sync()
            // Held until here: the lock goes with the descriptor.
            try withExtendedLifetime(file) { () throws(Errno) in try folder.rename(temporary, to: folder, as: name) }
        } catch {
            try? folder.removeFile(temporary)
            throw error
        }
    }

    private static let end = ".partial"

    private static func start(of name: String) -> String { ".\(name)." }

    /// Removes what dead processes left that were writing a file of that name. A living one holds its file's lock.
    private static func removeDead(_ name: String, in folder: OpenFile) {
        let start = start(of: name)
        try? folder.forEachName { other in
            guard other.hasPrefix(start), other.hasSuffix(end), other.count > start.count + end.count,
                UInt64(other.dropFirst(start.count).dropLast(end.count)) != nil,
                try folder.status(of: other)?.kind == .file
            else { return }
            guard let file = try? folder.openAppending(other), (try? file.lock(waiting: false)) == true else { return }
            withExtendedLifetime(file) { try? folder.removeFile(other) }
        }
    }
}

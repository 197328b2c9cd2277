import CodCore
import Synchronization
import SystemPackage

/// What a verification notes beside the zip that it reads: the entries that are damaged, as soon as they are found. Every call blocks on
/// the disk; any number of threads may note at the same time.
final class DamageNotes: Sendable {
    /// Where the zip is, and which one it is.
    struct Zip: Sendable {
        let folder: OpenFile
        let name: String
        let status: FileStatus

        init(folder: OpenFile, name: String, status: FileStatus) {
            (self.folder, self.name, self.status) = (folder, name, status)
        }

        /// Finds the zip at a path that was opened with this status; `nil` where that cannot be looked for.
        init?(at path: String, opened status: FileStatus) {
            let path = FilePath(path)
            guard let name = path.lastComponent?.string else { return nil }
            let parent = path.removingLastComponent()
            guard let folder = try? OpenFile.folder(at: parent.isEmpty ? "." : parent.string) else { return nil }
            (self.folder, self.name, self.status) = (folder, name, status)
        }
    }

    private struct Content {
        var mark: OpenFile?
        /// What the mark says, and what was found now.
        var written = Set<String>()
        var found = Set<String>()
        /// Why nothing more can be noted.
        var failure: String?
    }

    private let zip: Zip
    private let entryNames: @Sendable () -> Set<String>
    private let content = Mutex(Content())

    /// `entryNames` are those in the zip, asked for when something is noted: no others are taken over from a mark that is there.
    init(beside zip: Zip, entryNames: @escaping @Sendable () -> Set<String>) {
        (self.zip, self.entryNames) = (zip, entryNames)
    }

    /// Notes entries that are damaged. Answers why that cannot be done, without a full stop; `nil` when it is done.
    func note(_ names: [String]) -> String? {
        content.withLock { content in
            content.found.formUnion(names)
            if let failure = content.failure { return failure }
            do {
                let mark: OpenFile
                if let open = content.mark { mark = open } else { mark = try open(&content) }
                let new = Set(names).subtracting(content.written)
                let lines = new.sorted().flatMap(ZipDamage.line(of:))
                if !lines.isEmpty { try mark.writeAll(ByteChunk(lines)) }
                content.written.formUnion(new)
            } catch let errno as Errno {
                content.failure = "\(errno)"
            } catch {
                content.failure = "\((error as? Unmarkable)?.cause ?? "\(error)")"
            }
            return content.failure
        }
    }

    /// Ends it: of a zip that was looked through to its end nothing older stays noted.
    func end(isComplete: Bool) {
        content.withLock { content in
            if isComplete, content.found.isEmpty { return removeMark() }
            guard let mark = content.mark, content.failure == nil else { return }
            if isComplete, content.written != content.found {
                // A beginning takes back what stands in front of it. Where there is no room, more is made anew than need be.
                let lines = content.found.sorted().flatMap(ZipDamage.line(of:))
                let byteCount = try? mark.byteCount()
                do { try mark.writeAll(ByteChunk(ZipDamage.beginning(of: ZipDamage.Zip(zip.status)) + lines)) } catch {
                    if let byteCount { try? mark.truncate(to: byteCount) }
                }
            }
            // The next command may come after a power failure.
            try? mark.sync()
            try? zip.folder.sync()
            content.mark = nil
        }
    }

    private struct Unmarkable: Error { let cause: String }

    private func open(_ content: inout Content) throws -> OpenFile {
        if try !isThere() {
            let isLink = try zip.folder.status(of: zip.name)?.kind == .link
            throw Unmarkable(cause: isLink ? "a link leads to it" : "another file has its name now")
        }
        let name = DamageMark.name(for: zip.name)
        // A pipe must not even be opened.
        guard try zip.folder.status(of: name)?.kind ?? .file == .file else { throw Errno.fileExists }
        let mark = try zip.folder.openAppending(name)
        let names = entryNames()
        let before = try DamageMark.read(mark) { names.contains($0) }
        var beginning: [UInt8] = []
        if before.zip == ZipDamage.Zip(zip.status) {
            content.written = before.names
            // A line that a crash tore off must not swallow the next one.
            if before.isTorn { beginning = Array("\n".utf8) }
        } else {
            try mark.truncate(to: 0)
            beginning = ZipDamage.beginning(of: ZipDamage.Zip(zip.status))
        }
        try mark.writeAll(ByteChunk(beginning))
        content.mark = mark
        return mark
    }

    /// Whether the zip still has its name. Some file systems number a file anew each time.
    private func isThere() throws(Errno) -> Bool {
        guard let found = try zip.folder.status(of: zip.name), found.kind == .file else { return false }
        return ZipDamage.Zip(found) == ZipDamage.Zip(zip.status)
    }

    /// Removes what says that this zip is damaged; another one that has its name by now has a mark of its own.
    private func removeMark() {
        if (try? isThere()) == true {
            DamageMark.remove(for: zip.name, in: zip.folder)
        } else {
            DamageMark.removeStale(for: zip.name, in: zip.folder)
        }
    }
}

internal import CodCore
internal import Synchronization
internal import SystemPackage

/// The folder of one run's files that are not whole yet: `.cod/partial/<random>/`.
///
/// The run holds the lock of a file in it; a folder whose lock can be had belongs to a process that is dead. Folders are made and
/// swept under the output's lock, so that nobody takes one that is only just being made for a dead one.
final class PartialFolder: Sendable {
    static let lockName = "lock"

    let folder: OpenFile
    /// Whether files can be written without a name here and be given one when they are whole.
    let hasUnnamedFiles: Bool
    /// Whether the disk takes capital and small letters for the same.
    let ignoresCase: Bool
    private let parent: OpenFile
    private let name: String
    private let lock: OpenFile
    private let fileCount = Atomic<UInt64>(0)

    private init(_ folder: OpenFile, name: String, in parent: OpenFile, lock: OpenFile, hasUnnamedFiles: Bool, ignoresCase: Bool)
    {
        self.folder = folder
        self.name = name
        self.parent = parent
        self.lock = lock
        self.hasUnnamedFiles = hasUnnamedFiles
        self.ignoresCase = ignoresCase
    }

    /// Makes a new one in the folder of partial folders, and writes to it, to know that it can.
    static func make(in parent: OpenFile, usesUnnamedFiles: Bool = true) throws(Errno) -> PartialFolder {
        let name = String(UInt64.random(in: .min ... .max), radix: 16)
        let folder = try parent.makingFolder(name)
        do {
            let lock = try folder.create(lockName)
            // Where there are no locks nobody can take this one either, and dead folders stay.
            _ = try? lock.lock(waiting: false)
            try lock.writeAll(ByteChunk("Its process runs while this file is locked.\n".utf8))
            // Nobody else writes here: a file of that name is the lock.
            let ignoresCase = try folder.status(of: DiskName.swappingCase(lockName)) != nil
            return PartialFolder(
                folder, name: name, in: parent, lock: lock, hasUnnamedFiles: usesUnnamedFiles && canName(in: folder),
                ignoresCase: ignoresCase)
        } catch {
            empty(folder)
            try? parent.removeFolder(name)
            throw error
        }
    }

    /// A name for a new file in it.
    func nextName() -> String {
        "\(fileCount.add(1, ordering: .relaxed).newValue).partial"
    }

    /// Writes a file that is whole under its name in `target`, or not there: what has that name is replaced when `body` has written and
    /// synced the new one, and stays when that fails.
    func replace(
        _ name: String, in target: OpenFile, _ body: (OpenFile) throws(Errno) -> Void
    ) throws(Errno) {
        let partialName = nextName()
        let file = try folder.create(partialName)
        do {
            try body(file)
            try folder.rename(partialName, to: target, as: name)
        } catch {
            try? folder.removeFile(partialName)
            throw error
        }
    }

    /// Removes it and what is in it.
    func remove() {
        Self.empty(folder)
        try? parent.removeFolder(name)
    }

    /// Removes what dead processes left in the folder of partial folders. What cannot be removed stays: it hurts nobody.
    static func removeDead(in parent: OpenFile) {
        try? parent.forEachName { name in
            guard let folder = try? parent.folder(name) else {
                try? parent.removeFile(name)
                return
            }
            guard let lock = try? folder.openAppending(lockName), (try? lock.lock(waiting: false)) == true else { return }
            withExtendedLifetime(lock) {
                empty(folder)
                try? parent.removeFolder(name)
            }
        }
    }

    private static func empty(_ folder: OpenFile) {
        try? folder.forEachName { try? folder.removeFile($0) }
    }

    /// Tries it out: a nameless file may be had and yet not be given a name, for want of `/proc` say.
    private static func canName(in folder: OpenFile) -> Bool {
        let name = "0.partial"
        do {
            try folder.link(folder.createUnnamed(), as: name)
            try folder.removeFile(name)
            return true
        } catch {
            return false
        }
    }
}

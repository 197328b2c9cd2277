internal import CCodSystem
import Synchronization
package import SystemPackage

/// A descriptor of a file or folder, closed when the last reference to it goes.
///
/// Names given to its methods are single components, or paths of the tool's own making; links in the last component are
/// not followed. Every call may block on the disk.
package final class OpenFile: Sendable {
    /// Good only while somebody holds the `OpenFile`: a call on `file.descriptor` alone does not, so the methods here are to be
    /// preferred to it.
    package let descriptor: FileDescriptor
    private let isLocked = Atomic(false)

    /// Takes over an open descriptor.
    package init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone would not do: a child process that has not come to its `exec` yet has the descriptor too, and the lock with it.
        if isLocked.load(ordering: .relaxed) { cod_unlock(descriptor.rawValue) }
        try? descriptor.close()
    }

    /// The folder at a path that the user gave.
    package static func folder(at path: String) throws(Errno) -> OpenFile {
        try OpenFile(check(cod_open_directory_following(COD_CURRENT_FOLDER, path)))
    }

    /// The folder at a path that the user gave, made with all folders above it where they are not there.
    package static func makingFolder(at path: FilePath) throws(Errno) -> OpenFile {
        do {
            return try folder(at: path.string)
        } catch .noSuchFileOrDirectory {
            let parent = path.removingLastComponent()
            if !parent.isEmpty, parent != path { _ = try makingFolder(at: parent) }
            let result = cod_make_directory(COD_CURRENT_FOLDER, path.string)
            // Somebody else may have made it in between.
            if result != -Errno.fileExists.rawValue { try check(result) as Void }
        }
        return try folder(at: path.string)
    }

    /// The folder of that name in this one.
    package func folder(_ name: String) throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_open_directory(descriptor.rawValue, name)))
    }

    /// The folder of that name in this one, made when it is not there.
    package func makingFolder(_ name: String) throws(Errno) -> OpenFile {
        do {
            return try folder(name)
        } catch .noSuchFileOrDirectory {
            let result = cod_make_directory(descriptor.rawValue, name)
            // Somebody else may have made it in between.
            if result != -Errno.fileExists.rawValue { try Self.check(result) as Void }
        }
        return try folder(name)
    }

    /// Makes a folder; throws `.fileExists` when something has that name.
    package func makeFolder(_ name: String) throws(Errno) {
        try Self.check(cod_make_directory(descriptor.rawValue, name)) as Void
    }

    /// A new file without a name; ``link(_:as:)`` gives it one. Throws `.notSupported` where there is no such thing.
    package func createUnnamed() throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_create_unnamed(descriptor.rawValue)))
    }

    /// A new file of that name; throws `.fileExists` when there is one.
    package func create(_ name: String) throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_create_exclusive(descriptor.rawValue, name)))
    }

    /// A file opened for appending and reading, made when it is not there.
    package func openAppending(_ name: String) throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_open_appending(descriptor.rawValue, name)))
    }

    /// A file opened for writing and reading at any place, made when it is not there.
    package func openWriting(_ name: String) throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_open_writing(descriptor.rawValue, name)))
    }

    /// A file opened for reading.
    package func openReading(_ name: String) throws(Errno) -> OpenFile {
        try OpenFile(Self.check(cod_open_reading(descriptor.rawValue, name)))
    }

    /// The file at a path of the tool's own making, opened for reading.
    package static func reading(at path: String) throws(Errno) -> OpenFile {
        try OpenFile(check(cod_open_reading(COD_CURRENT_FOLDER, path)))
    }

    /// The bytes from `offset`, up to `byteCount` of them; fewer at the end of the file, none behind it.
    package func readChunk(at offset: Int64, byteCount: Int) throws(Errno) -> ByteChunk {
        try descriptor.readChunk(at: offset, byteCount: byteCount)
    }

    /// The same in place of what a chunk holds: in its memory, where nobody else looks at that.
    package func readChunk(into chunk: inout ByteChunk, at offset: Int64, byteCount: Int) throws(Errno) {
        try descriptor.readChunk(into: &chunk, at: offset, byteCount: byteCount)
    }

    /// Writes all of a chunk where the file stands.
    package func writeAll(_ chunk: ByteChunk) throws(Errno) {
        try descriptor.writeAll(chunk)
    }

    /// Gives a nameless file a name in this folder; throws `.fileExists` when there is one of that name.
    package func link(_ file: OpenFile, as name: String) throws(Errno) {
        try Self.check(cod_link_unnamed(file.descriptor.rawValue, descriptor.rawValue, name)) as Void
    }

    /// Moves a file of this folder into another, over what has its new name there.
    package func rename(_ name: String, to folder: OpenFile, as newName: String) throws(Errno) {
        try Self.check(cod_rename(descriptor.rawValue, name, folder.descriptor.rawValue, newName)) as Void
    }

    package func removeFile(_ name: String) throws(Errno) {
        try Self.check(cod_remove_file(descriptor.rawValue, name)) as Void
    }

    package func removeFolder(_ name: String) throws(Errno) {
        try Self.check(cod_remove_directory(descriptor.rawValue, name)) as Void
    }

    /// What stands under a name; `nil` when nothing does.
    package func status(of name: String) throws(Errno) -> FileStatus? {
        var raw = cod_file_status()
        do {
            try Self.check(cod_status(descriptor.rawValue, name, &raw)) as Void
        } catch .noSuchFileOrDirectory {
            return nil
        }
        return FileStatus(raw)
    }

    /// What it is itself, now.
    package func status() throws(Errno) -> FileStatus {
        var raw = cod_file_status()
        try Self.check(cod_status_of_open(descriptor.rawValue, &raw)) as Void
        return FileStatus(raw)
    }

    /// The names in this folder, in no order, one after the other; `.` and `..` are left out.
    package func forEachName(_ body: (String) throws -> Void) throws {
        var error: CInt = 0
        guard let listing = cod_listing_open(descriptor.rawValue, &error) else { throw Errno(rawValue: error) }
        defer { cod_listing_close(listing) }
        while let name = cod_listing_next(listing, &error) { try body(String(cString: name)) }
        if error != 0 { throw Errno(rawValue: error) }
    }

    /// Takes the file's advisory lock, waiting for it or not; answers whether it has it. It goes with the descriptor.
    package func lock(waiting: Bool) throws(Errno) -> Bool {
        do { try Self.check(cod_lock(descriptor.rawValue, waiting ? 1 : 0)) as Void } catch .wouldBlock { return false }
        isLocked.store(true, ordering: .relaxed)
        return true
    }

    /// Waits until all that was written to its file system is on the disk. Where the system cannot be asked that much (macOS), until
    /// it itself is, and with it what was synced before.
    package func syncFileSystem() throws(Errno) {
        try Self.check(cod_sync_file_system(descriptor.rawValue)) as Void
    }

    /// Waits until what was written to it is on the disk.
    package func sync() throws(Errno) {
        try Self.check(cod_sync(descriptor.rawValue)) as Void
    }

    /// The same, where its file system can be asked.
    package func syncWherePossible() throws(Errno) {
        do { try sync() } catch .notSupported, .invalidArgument, .noFunction {}
    }

    private static func check(_ result: CInt) throws(Errno) -> FileDescriptor {
        if result < 0 { throw Errno(rawValue: -result) }
        return FileDescriptor(rawValue: result)
    }

    private static func check(_ result: CInt) throws(Errno) {
        if result < 0 { throw Errno(rawValue: -result) }
    }
}

/// What stands under a name in a folder.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Sendable { case file, folder, link, other }

    package let kind: Kind
    /// In bytes; of a file only.
    package let byteCount: Int64
    /// When its content was last changed, in nanoseconds since 1970, as exactly as the file system tells.
    package let modifiedAt: Int64
    /// Which file it is, whatever its name.
    package let identity: Identity

    package struct Identity: Hashable, Sendable {
        /// Which file system it is on: two on the same one have the same number.
        package let device: UInt64
        let number: UInt64
    }

    init(_ raw: cod_file_status) {
        byteCount = raw.size
        modifiedAt = raw.modified
        identity = Identity(device: raw.device, number: raw.number)
        switch Int(raw.kind) {
        case Int(COD_KIND_FILE.rawValue): kind = .file
        case Int(COD_KIND_DIRECTORY.rawValue): kind = .folder
        case Int(COD_KIND_LINK.rawValue): kind = .link
        default: kind = .other
        }
    }
}

extension FileStatus {
    /// What stands at a path; `nil` when nothing does or it cannot be told.
    package static func ofFile(at path: String) -> FileStatus? {
        let name = FilePath(path)
        guard let last = name.lastComponent?.string else { return nil }
        let parent = name.removingLastComponent()
        let folder = try? OpenFile.folder(at: parent.isEmpty ? "." : parent.string)
        return try? folder?.status(of: last)
    }
}

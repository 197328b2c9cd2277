import CodCore
import SystemPackage

/// A zip that is being written: a nameless file, or one whose name says that it is not finished, until ``publish()``.
///
/// Entries get their places in the order in which they are added; their bytes may be written at the same time, each in its place.
/// Every call may block on the disk.
final class ZipFile: Sendable {
    private let folder: OpenFile
    private let name: String
    private let file: OpenFile
    /// The name that it has meanwhile; `nil` for a nameless file.
    private let temporaryName: String?

    /// What messages call it.
    private let path: String

    /// Begins a zip that is to be called `name`; `path` is where that is.
    init(named name: String, in folder: OpenFile, at path: String, usesUnnamedFiles: Bool = true) throws(Errno) {
        self.folder = folder
        self.path = path
        self.name = name
        let temporary = Self.temporaryName(for: name)
        if usesUnnamedFiles, let unnamed = try Self.createUnnamed(in: folder, trying: temporary) {
            file = unnamed
            temporaryName = nil
        } else {
            (file, temporaryName) = try Self.createLocked(name, in: folder)
        }
    }

    /// Goes on with a file that has a temporary name, and keeps it when it cannot be published.
    init(_ file: OpenFile, temporaryName: String, named name: String, in folder: OpenFile, at path: String) {
        (self.file, self.temporaryName, self.name, self.folder, self.path) = (file, temporaryName, name, folder, path)
    }

    /// Writes bytes at a place.
    func write(_ bytes: RawSpan, at offset: Int64) throws(Errno) {
        try file.writeAll(bytes, at: offset)
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(Errno) {
        try write(bytes.span.bytes, at: offset)
    }

    /// Copies bytes of another file to a place.
    func copy(_ byteCount: Int64, from source: OpenFile, at sourceOffset: Int64, to offset: Int64) throws(Errno) {
        try file.copy(byteCount, from: source, at: sourceOffset, to: offset)
    }

    /// Ends the zip: the directory, the disk, then the name, over what has it.
    func publish(_ layout: ZipLayout, isDurable: Bool = true) throws(Errno) {
        var offset = layout.byteCount
        try layout.forEachDirectoryPiece { (piece) throws(Errno) in
            try write(piece, at: offset)
            offset += Int64(piece.count)
        }
        // An entry that was begun packed and ended stored may have left more behind.
        try file.truncate(to: offset)
        if isDurable { try file.syncWherePossible() }
        let temporary: String
        if let temporaryName {
            temporary = temporaryName
        } else {
            // A nameless file cannot take the place of another.
            temporary = Self.temporaryName(for: name)
            try folder.link(file, as: temporary)
        }
        do {
            try folder.rename(temporary, to: folder, as: name)
            if isDurable { try folder.syncWherePossible() }
            // It was the older one's: that must not come back without it.
            DamageMark.remove(for: name, in: folder)
        } catch {
            if temporaryName == nil { try? folder.removeFile(temporary) }
            throw error
        }
    }

    /// Runs a call that writes, and says of its failure which zip it was.
    func writing<Result>(_ body: () throws(Errno) -> Result) throws(CodError) -> Result {
        do { return try body() } catch { throw .writingZip(path, error) }
    }

    /// Gives it up.
    func discard() {
        if let temporaryName { try? folder.removeFile(temporaryName) }
    }
}

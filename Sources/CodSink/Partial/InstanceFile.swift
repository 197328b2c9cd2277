internal import CodCore
internal import SystemPackage

/// The file of an instance while it is written: it has its final name only from ``publish(in:as:)`` on, and is gone when that is not
/// reached.
///
/// On Linux it has no name at all until then. Where there is no such thing, it is a file in the partial folder.
struct InstanceFile: ~Copyable {
    private let partial: PartialFolder
    private let file: OpenFile
    /// Nothing is written after it was.
    private var isSynced = false
    /// Its name in the partial folder; `nil` while it has none there.
    private var partialName: String?

    /// Makes an empty one that is to be published in `folder`, or one on the same file system.
    init(for folder: OpenFile, partial: PartialFolder) throws(Errno) {
        self.partial = partial
        if partial.hasUnnamedFiles, let file = try Self.unnamed(in: folder) {
            self.file = file
        } else {
            let name = partial.nextName()
            file = try partial.folder.create(name)
            partialName = name
        }
    }

    deinit {
        if let partialName { try? partial.folder.removeFile(partialName) }
    }

    /// Adds bytes.
    func write(_ chunk: ByteChunk) throws(Errno) {
        try file.writeAll(chunk)
    }

    /// Waits until what was written is on the disk.
    mutating func sync() throws(Errno) {
        if isSynced { return }
        do { try file.sync() } catch .notSupported, .invalidArgument, .noFunction {
            // A file system that cannot be asked.
        }
        isSynced = true
    }

    /// Gives the file its final name, over an older file of that name; with `syncsBeforeReplacing` it is on the disk before it does:
    /// another process may have recorded the older one since anybody looked. May be called again after an error.
    mutating func publish(in folder: OpenFile, as name: String, syncsBeforeReplacing: Bool) throws(Errno) {
        if partialName == nil {
            do {
                return try folder.link(file, as: name)
            } catch .fileExists {
                if syncsBeforeReplacing { try sync() }
                let temporary = partial.nextName()
                try partial.folder.link(file, as: temporary)
                partialName = temporary
            }
        }
        guard let temporary = partialName else { return }
        // Whoever takes the name from here on has yet to bring his file to the disk before he records it.
        if syncsBeforeReplacing, try folder.status(of: name) != nil { try sync() }
        try partial.folder.rename(temporary, to: folder, as: name)
        partialName = nil
    }

    private static func unnamed(in folder: OpenFile) throws(Errno) -> OpenFile? {
        do { return try folder.createUnnamed() } catch .notSupported { return nil }
    }
}

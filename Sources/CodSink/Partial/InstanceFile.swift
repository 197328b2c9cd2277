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
        try file.syncWherePossible()
        isSynced = true
    }

    /// Gives the file its final name. Answers false, and does not, when something has that name and is not to be replaced. May be called
    /// again then, and after an error.
    mutating func publish(in folder: OpenFile, as name: String, replacing: Bool) throws(Errno) -> Bool {
        if partialName == nil {
            do {
                try folder.link(file, as: name)
                return true
            } catch .fileExists {
                if !replacing { return false }
                let temporary = partial.nextName()
                try partial.folder.link(file, as: temporary)
                partialName = temporary
            }
        }
        guard let temporary = partialName else { return true }
        if !replacing, try folder.status(of: name) != nil { return false }
        try partial.folder.rename(temporary, to: folder, as: name)
        partialName = nil
        return true
    }

    private static func unnamed(in folder: OpenFile) throws(Errno) -> OpenFile? {
        do { return try folder.createUnnamed() } catch .notSupported { return nil }
    }
}

import CodCore
import SystemPackage

/// A file of a store while it is written: it gets its name when it is complete.
struct StoreFile {
    var output: FileOutput
    private let folder: OpenFile
    private let name: String
    private let path: String

    /// Starts a new file. `path` is for messages.
    init(in folder: OpenFile, name: String, path: String) throws {
        (self.folder, self.name, self.path) = (folder, name, path)
        do {
            // What a call that was stopped left behind.
            if try folder.status(of: name + Self.suffix) != nil { try folder.removeFile(name + Self.suffix) }
            output = FileOutput(try folder.create(name + Self.suffix), path: path)
        } catch { throw CodError.file("write", path, error) }
    }

    /// Gives the file its name, in place of an older one's.
    func commit() throws {
        try output.flush()
        do {
            try folder.rename(name + Self.suffix, to: folder, as: name)
        } catch { throw CodError.file("name", path, error) }
    }

    private static let suffix = ".partial"
}

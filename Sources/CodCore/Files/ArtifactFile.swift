package import SystemPackage

/// A file that a finisher makes of a study: whole under its name, or not there.
public enum ArtifactFile {
    /// Writes a text to `path`, over what is there: under another name first, then on to the disk, then renamed. Blocks on the
    /// disk. Throws a ``CodError`` when it cannot be written; then what was there before is untouched.
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
        let temporary = ".\(name).\(UInt64.random(in: .min ... .max)).partial"
        do {
            let file = try folder.create(temporary)
            try file.writeAll(content)
            try file.sync()
            try folder.rename(temporary, to: folder, as: name)
        } catch {
            try? folder.removeFile(temporary)
            throw error
        }
    }
}

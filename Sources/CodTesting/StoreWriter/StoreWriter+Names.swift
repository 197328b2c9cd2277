import CodCore
import SystemPackage

extension StoreWriter {
    /// What the store calls a study, series or instance of that UID.
    public func identifier(_ uid: String) -> String {
        guard hashesUIDs else { return uid }
        var hash = RunningSHA256()
        hash.update(ByteChunk(uid.utf8))
        return hash.hexDigest
    }

    /// The name of an object in the bucket: the prefix and `path`.
    func objectName(_ path: String) -> String { prefixParts.isEmpty ? path : "\(prefixParts.joined(separator: "/"))/\(path)" }

    /// The store's identifiers of a series, fit to be names of folders.
    func checkedID(study: String, series: String) throws -> SeriesID {
        for uid in [study, series] {
            guard let problem = UIDText.problem(with: uid) else { continue }
            throw CodError(.invalidIdentifier, "\"\(uid)\" cannot name a study or series: \(problem).", reach: .job)
        }
        return SeriesID(study: identifier(study), series: identifier(series))
    }

    /// A folder below the prefix, made with all above it where it is not there.
    func objectFolder(_ parts: [String]) throws -> OpenFile {
        do {
            var open = try Self.makingFolder(at: FilePath(folder.isEmpty ? "." : folder))
            for part in prefixParts + parts { open = try open.makingFolder(part) }
            return open
        } catch {
            throw CodError.file("make", ([folder] + prefixParts + parts).joined(separator: "/"), error, code: .outputUnusable)
        }
    }

    private var prefixParts: [String] { (prefix ?? "").split(separator: "/").map(String.init) }

    private static func makingFolder(at path: FilePath) throws(Errno) -> OpenFile {
        do {
            return try OpenFile.folder(at: path.string)
        } catch .noSuchFileOrDirectory {
            guard let name = path.lastComponent else { throw .noSuchFileOrDirectory }
            let parent = path.removingLastComponent()
            return try makingFolder(at: parent.isEmpty ? "." : parent).makingFolder(name.string)
        }
    }
}

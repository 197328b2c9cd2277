import CodCore
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A store in a folder: a copy or a mount of a bucket. It is the user's own folder, so links in it are followed; only regular files
/// are read.
struct FolderStore: ObjectStore {
    /// The folder that holds `studies`, from the root of the file system.
    let root: String
    let displayName: String

    /// A store at a path that was looked at with ``problem(withFolderAt:)``.
    init(at path: String) {
        let absolute = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path))
        root = absolute.string
        displayName = absolute.lexicallyNormalized().string
    }

    /// Why a folder is no store, as the end of a sentence; `nil` when it is one.
    static func problem(withFolderAt path: String) -> String? {
        do {
            let folder = try OpenFile.folder(at: path)
            guard let studies = try folder.statusFollowing("studies") else {
                let isInside = FilePath(path).lastComponent?.string == "studies"
                return "the folder holds no folder \"studies\"" + (isInside ? "; give the folder that it lies in" : "")
            }
            return studies.kind == .folder ? nil : "what is called \"studies\" in it is no folder"
        } catch .noSuchFileOrDirectory {
            return "it was read as the path of a folder, and there is none"
        } catch .notDirectory {
            return "it was read as the path of a folder, and is none"
        } catch {
            return "it was read as the path of a folder, which cannot be opened: \(error)"
        }
    }

    func url(of objectName: String) -> String { "file://\(percentEncoded(path: "\(displayName)/\(objectName)"))" }

    @concurrent func studies() async throws -> [String] {
        try await offTaskThreads { try names(in: "studies") { $0 == .folder }.map(\.name) }
    }

    @concurrent func objects(ofStudy study: String) async throws -> [StoredObject] {
        try await offTaskThreads { try listing(of: "studies/\(study)/series").sorted { $0.path < $1.path } }
    }

    @concurrent func read(_ object: StoredObject, in context: StageContext) async throws -> ByteStream {
        let file = try open(object.name, listedAs: object.generation, byteCount: object.byteCount)
        return file.stream(of: portion(of: object), range: 0..<file.byteCount)
    }

    /// Opens a file below the folder. Throws for a name that leads elsewhere, for what is no regular file, and for a file that is not
    /// the one that was listed with that generation.
    func open(_ objectName: String, listedAs generation: Int64?, byteCount: Int64?) throws(CodError) -> StoredFile {
        let parts = objectName.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !objectName.utf8.contains(0) else {
            throw CodError(.objectNotFound, "\(quoted(objectName)) is no name of a file in \(displayName).")
        }
        let path = "\(displayName)/\(objectName)"
        let file: StoredFile
        do {
            let open = try OpenFile.folder(at: root).fileFollowing(objectName)
            file = StoredFile(file: open, path: path, byteCount: try open.byteCount(), generation: generation)
        } catch .noSuchFileOrDirectory, .notDirectory {
            throw CodError(.objectNotFound, "The file \(path) is not there.", recovery: "Check that the folder is mounted.")
        } catch .invalidArgument {
            throw CodError(.objectNotFound, "\(path) is no regular file.")
        } catch { throw .file("read", path, error, code: .requestFailed).reaching(.series) }
        if generation != nil, let byteCount, file.byteCount != byteCount {
            throw file.changed("it has \(file.byteCount) bytes, not \(byteCount)")
        }
        try file.checkGeneration()
        return file
    }

    private func listing(of seriesFolder: String) throws -> [StoredObject] {
        var objects: [StoredObject] = []
        for (name, status) in try names(in: seriesFolder, where: { $0 == .file || $0 == .folder }) {
            let path = "\(seriesFolder)/\(name)"
            guard status.kind == .folder else {
                objects.append(object(path, status))
                continue
            }
            do {
                objects += try names(in: path) { $0 == .file }.map { object("\(path)/\($0.name)", $0.status) }
            } catch let error as CodError where error.reach < .job {
                // Reading it will say the same, and fail this series alone.
                objects.append(object("\(path)/metadata.json", nil))
            }
        }
        return objects
    }

    /// A file's generation is the time of its last change. Its number on the file system is no part of it: mounts of buckets make such
    /// numbers up, and forget them.
    private func object(_ path: String, _ status: FileStatus?) -> StoredObject {
        StoredObject(
            name: path, path: path, byteCount: status?.byteCount, generation: status?.modifiedAt, checksum: nil)
    }

    /// The names in a folder below the root, of those kinds, in order. None when there is no such folder.
    private func names(
        in path: String, where isWanted: (FileStatus.Kind) -> Bool
    ) throws -> [(name: String, status: FileStatus)] {
        do {
            let folder = try OpenFile.folder(at: root).folderFollowing(path)
            var names: [(String, FileStatus)] = []
            try folder.forEachName { name in
                if let status = try folder.statusFollowing(name), isWanted(status.kind) { names.append((name, status)) }
            }
            return names.sorted { $0.0 < $1.0 }
        } catch let errno as Errno {
            if errno == .noSuchFileOrDirectory || errno == .notDirectory { return [] }
            throw CodError.file("list", "\(displayName)/\(path)", errno, code: .requestFailed)
        }
    }
}

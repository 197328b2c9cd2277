import CCodSystem
import CodCore
import SystemPackage

/// The folder that would be saved to, and what it is on.
struct DiskPlace: Sendable, Equatable {
    let path: String
    /// Whether the folder is there.
    let isThere: Bool
    /// The folder itself, or the nearest one above it that is there.
    let nearest: String
    /// The kind of file system, such as `ext4`.
    let kind: String
    let freeByteCount: Int64?
    let freeFileCount: Int64?

    /// Looks at a folder, and changes nothing. Throws ``CodError/Code/outputUnusable`` where nothing can be made in it.
    static func look(at path: String) throws(CodError) -> (place: DiskPlace, folder: OpenFile) {
        do {
            let folder = try OpenFile.nearestFolder(to: FilePath(path))
            try folder.checkMayAdd()
            let system = try folder.fileSystem()
            let nearest = nearestPath(to: path)
            return (
                DiskPlace(
                    path: path, isThere: nearest == path, nearest: nearest, kind: kind(of: folder),
                    freeByteCount: system.freeByteCount, freeFileCount: system.freeFileCount), folder
            )
        } catch {
            throw .outputUnusable("write to", path, error)
        }
    }

    private static func nearestPath(to path: String) -> String {
        var name = FilePath(path)
        while !name.isEmpty, (try? OpenFile.folder(at: name.string)) == nil {
            if !name.removeLastComponent() { break }
        }
        return name.string == FilePath(path).string ? path : name.isEmpty ? "." : name.string
    }

    private static func kind(of folder: OpenFile) -> String {
        var name = [CChar](repeating: 0, count: 64)
        let size = name.count
        let result = withExtendedLifetime(folder) {
            name.withUnsafeMutableBufferPointer { buffer in
                // The buffer has an address: it is not empty.
                buffer.baseAddress.map { cod_file_system_kind(folder.descriptor.rawValue, $0, size) } ?? -1
            }
        }
        guard result >= 0 else { return "a file system of unknown kind" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

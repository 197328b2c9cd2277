import CodCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a folder lies on.
struct FileSystem {
    let path: String

    /// How much room is left.
    var freeByteCount: Int64 {
        var status = statvfs()
        // Where it cannot be asked, whoever writes there will hear of it.
        guard statvfs(path, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail)) * Int64(clamping: UInt64(status.f_frsize))
    }

    /// Whether it is a tmpfs of Linux.
    var isInMemory: Bool { kind == "tmpfs" }

    /// Its type by the table of Linux; `nil` where there is none.
    var kind: String? {
        let mounts = FileText.content(of: "/proc/self/mounts").split(separator: "\n").map { $0.split(separator: " ") }
        let above = mounts.filter { $0.count > 2 && (path + "/").hasPrefix($0[1] == "/" ? "/" : "\($0[1])/") }
        return above.max { $0[1].count < $1[1].count }.map { String($0[2]) }
    }

    /// How many bytes the files of a folder have.
    static func byteCount(ofFilesIn folder: String) -> Int64 {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let statuses = names.lazy.compactMap { FileStatus.ofFile(at: "\(folder)/\($0)") }
        return statuses.reduce(0) { $0 + ($1.kind == .file ? $1.byteCount : 0) }
    }
}

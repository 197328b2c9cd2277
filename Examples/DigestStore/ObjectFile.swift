import CodCore
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file on its way into the store: it has a name in `incoming` until it is published, and is gone when it never is.
struct ObjectFile: ~Copyable {
    private let file: FileDescriptor
    private let folder: String
    private let path: String

    /// Begins a new one. A process that is killed leaves it behind; it is nobody's then, and may be deleted.
    init(in folder: String) throws {
        let path = "\(folder)/incoming/\(UInt64.random(in: .min ... .max)).partial"
        file = try Self.writing(path) {
            try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
        self.folder = folder
        self.path = path
    }

    deinit {
        try? file.close()
        // Once it is published it is not called so any more.
        unlink(path)
    }

    /// Writes the next bytes.
    borrowing func write(_ chunk: ByteChunk) throws {
        try Self.writing(path) { [file] in
            _ = try chunk.withBytes { bytes in try bytes.withUnsafeBytes { try file.writeAll($0) } }
        }
    }

    /// Gives it its place, over one of the same bytes. It is on the disk before it has its name.
    consuming func publish(as name: String) throws {
        let (target, path, descriptor) = ("\(folder)/\(name)", path, file.rawValue)
        try Self.writing(target) {
            guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Makes `incoming`, and a folder for each of the first two digits.
    static func makeFolders(in folder: String) throws {
        do {
            for name in ["incoming", "index"] + (0..<256).map({ "objects/\($0 < 16 ? "0" : "")\(String($0, radix: 16))" }) {
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
        } catch {
            throw CodError(
                .outputUnusable, "Cannot make the store in \(folder): \(error).", recovery: "Choose another folder.",
                reach: .job, cause: error)
        }
    }

    /// The size of a file; `nil` when there is none.
    static func byteCount(of path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    /// What cannot be written ends the run: no other instance will fare better.
    private static func writing<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as Errno {
            throw CodError(
                .writeFailed, "Cannot write \(path): \(error).", recovery: "Look at the disk, then run the same command again.",
                reach: .job, cause: error)
        }
    }
}

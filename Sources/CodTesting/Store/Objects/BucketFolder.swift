internal import CodCore
internal import NIOCore
internal import SystemPackage

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A folder whose files are objects. No link below it is followed, so nothing outside of it is reached.
struct BucketFolder: Sendable {
    private let root: OpenFile
    /// Empty, or ends with a slash.
    private let prefix: String

    init(path: String, prefix: String) throws {
        do { root = try OpenFile.folder(at: path) } catch {
            throw CodError(
                .invalidSource, "Cannot open the folder \(path): \(error).", recovery: "Name a folder that is there.",
                reach: .job, cause: error)
        }
        self.prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
    }

    /// The file behind a name; `nil` when there is none, or when the name is no path below the folder.
    func object(_ name: ObjectName) throws -> BucketObject? {
        guard name.begins(with: prefix) else { return nil }
        var parts = name.text.utf8.dropFirst(prefix.utf8.count).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        )
        .map { String($0) ?? "" }
        guard parts.allSatisfy(Self.isVisible), let last = parts.popLast() else { return nil }
        do {
            guard let folder = try folder(parts), let kind = try folder.status(of: last)?.kind, kind == .file else { return nil }
            let file = try folder.openReading(last)
            let status = try file.descriptor.stat()
            let microseconds = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000
            let isGzip = try last == "metadata.json" && beginsWithGzipMagic(file)
            return BucketObject(
                name: name, content: .file(file), byteCount: Int64(status.size), generation: microseconds,
                contentEncoding: isGzip ? "gzip" : nil, contentType: Self.contentType(of: last),
                updated: Timestamp(microseconds: microseconds), serial: UInt64(status.inode.rawValue))
        } catch Errno.noSuchFileOrDirectory, Errno.fileNameTooLong {
            return nil
        }
    }

    /// The names that begin with `prefix`, to be walked through in order.
    func walk(beginningWith prefix: String) throws -> FolderWalk? {
        guard ObjectName(prefix).begins(with: self.prefix) else {
            return ObjectName(self.prefix).begins(with: prefix) ? try FolderWalk(root, prefix: self.prefix) : nil
        }
        // Whole folders of the prefix need no look at what stands beside them.
        let rest = prefix.utf8.dropFirst(self.prefix.utf8.count).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let parts = rest.dropLast().map { String($0) ?? "" }
        guard parts.allSatisfy(Self.isVisible), let folder = try folder(parts) else { return nil }
        return try FolderWalk(folder, prefix: self.prefix + parts.map { $0 + "/" }.joined())
    }

    /// Whether a name can be a file's in the bucket: none that leads elsewhere, none that begins with a dot.
    static func isVisible(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    }

    private func folder(_ parts: [String]) throws -> OpenFile? {
        do {
            return try parts.reduce(root) { try $0.folder($1) }
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory, Errno.tooManySymbolicLinkLevels, Errno.fileNameTooLong {
            return nil
        }
    }

    private static func contentType(of name: String) -> String {
        if name.hasSuffix(".json") { return "application/json" }
        return name.hasSuffix(".tar") ? "application/x-tar" : "application/octet-stream"
    }

    /// Whether it begins with the two bytes of a gzip member, RFC 1952 §2.3.1.
    private func beginsWithGzipMagic(_ file: OpenFile) throws(Errno) -> Bool {
        try file.descriptor.readChunk(at: 0, byteCount: 2).buffer.readableBytesView.elementsEqual([0x1F, 0x8B])
    }
}

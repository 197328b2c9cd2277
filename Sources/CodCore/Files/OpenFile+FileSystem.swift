internal import CCodSystem
package import SystemPackage

extension OpenFile {
    /// The folder at a path that the user gave, or the nearest one above it that is there.
    package static func nearestFolder(to path: FilePath) throws(Errno) -> OpenFile {
        var path = path
        while true {
            do {
                return try folder(at: path.isEmpty ? "." : path.string)
            } catch .noSuchFileOrDirectory where !path.isEmpty {
                if !path.removeLastComponent() { throw .noSuchFileOrDirectory }
            }
        }
    }

    /// What the file system that it is on says of its room.
    package func fileSystem() throws(Errno) -> FileSystemStatus {
        var raw = cod_file_system()
        let result = cod_file_system(descriptor.rawValue, &raw)
        if result < 0 { throw Errno(rawValue: -result) }
        return FileSystemStatus(
            freeByteCount: raw.free_bytes < 0 ? nil : raw.free_bytes, blockByteCount: raw.block_size,
            freeFileCount: raw.free_files < 0 ? nil : raw.free_files, isReadOnly: raw.is_read_only != 0)
    }

    /// Throws when files cannot be made in this folder, as far as can be told without making one.
    package func checkMayAdd() throws(Errno) {
        let result = cod_may_add_to(descriptor.rawValue)
        if result < 0 { throw Errno(rawValue: -result) }
        if try fileSystem().isReadOnly { throw .readOnlyFileSystem }
    }
}

/// The room on a file system, as it tells it itself.
package struct FileSystemStatus: Hashable, Sendable {
    /// What this user may still write; `nil` where it does not tell, as some network file systems.
    package let freeByteCount: Int64?
    /// The unit in which room is given to files.
    package let blockByteCount: Int64
    /// How many more files it takes; `nil` where it does not tell, or knows no bound.
    package let freeFileCount: Int64?
    package let isReadOnly: Bool

    package init(freeByteCount: Int64?, blockByteCount: Int64, freeFileCount: Int64? = nil, isReadOnly: Bool = false) {
        self.freeByteCount = freeByteCount
        self.blockByteCount = blockByteCount
        self.freeFileCount = freeFileCount
        self.isReadOnly = isReadOnly
    }

    /// The room that files of these sizes take; `.max` when it is beyond counting.
    package func byteCount(ofFiles sizes: some Sequence<Int64>) -> Int64 {
        // A larger unit is what a network file system likes to transfer at a time, not what it rounds files up to.
        let block = (1...(128 << 10)).contains(blockByteCount) ? blockByteCount : 4096
        var sum: Int64 = 0
        for size in sizes {
            let blockCount = size / block + (size % block == 0 ? 0 : 1)
            let (product, overflow) = blockCount.multipliedReportingOverflow(by: block)
            let (next, overflows) = sum.addingReportingOverflow(max(product, 0))
            if overflow || overflows { return .max }
            sum = next
        }
        return sum
    }
}

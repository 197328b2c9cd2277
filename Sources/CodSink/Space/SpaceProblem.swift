internal import CodCore

/// Why files do not fit on a disk. Pure.
enum SpaceProblem: Equatable {
    case bytes(needed: Int64, free: Int64, fileCount: Int)
    case files(needed: Int, free: Int64)

    /// What is wrong with saving files of these sizes; `nil` when they fit, or when it cannot be told.
    init?(of byteCounts: [Int64], on disk: FileSystemStatus) {
        let needed = disk.byteCount(ofFiles: byteCounts)
        if let free = disk.freeByteCount, needed > free {
            self = .bytes(needed: needed, free: free, fileCount: byteCounts.count)
        } else if let free = disk.freeFileCount, Int64(byteCounts.count) > free {
            self = .files(needed: byteCounts.count, free: free)
        } else {
            return nil
        }
    }

    func error(for path: String) -> CodError {
        switch self {
        case .bytes(let needed, let free, let fileCount):
            let instances = "\(fileCount) instance\(fileCount == 1 ? "" : "s")"
            return CodError(
                .outputUnusable,
                "The disk of \(path) has \(free.inByteUnits) free; the \(instances) to save take \(needed.inByteUnits).",
                recovery:
                    "Free some space, choose a folder on another disk or fewer studies; or give --no-space-check, where the disk compresses.",
                reach: .job)
        case .files(let needed, let free):
            return CodError(
                .outputUnusable, "The disk of \(path) takes \(free) more files; \(needed) are to be saved.",
                recovery: "Remove some files, choose a folder on another disk or fewer studies; or give --no-space-check.",
                reach: .job)
        }
    }
}

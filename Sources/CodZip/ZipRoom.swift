import CodCore

/// Whether zips fit on a disk. Pure.
struct ZipRoom: Equatable {
    /// Why they do not; `nil` when they do, or when it cannot be told.
    let problem: Problem?

    enum Problem: Equatable {
        case bytes(needed: Int64, besides: Int64, free: Int64, zipCount: Int)
        case files(needed: Int, free: Int64)
    }

    /// - Parameters:
    ///   - studies: those that are to be zipped, as large as if nothing of them shrank.
    ///   - besides: the sizes of files that go to the same disk first.
    init(of studies: [ExpectedStudy], besides: [Int64], on disk: FileSystemStatus) {
        let zips = studies.map(Self.byteCount)
        let needed = disk.byteCount(ofFiles: zips)
        let other = disk.byteCount(ofFiles: besides)
        let (sum, overflow) = needed.addingReportingOverflow(other)
        let fileCount = zips.count + besides.count
        if zips.isEmpty {
            problem = nil
        } else if let free = disk.freeByteCount, overflow || sum > free {
            problem = .bytes(needed: needed, besides: other, free: free, zipCount: zips.count)
        } else if let free = disk.freeFileCount, Int64(fileCount) > free {
            problem = .files(needed: fileCount, free: free)
        } else {
            problem = nil
        }
    }

    /// Of each instance the bytes and its two records, with names of 64 characters.
    private static func byteCount(of study: ExpectedStudy) -> Int64 {
        let sizes = [study.saved.map(\.instance.byteCount), study.missingByteCounts].joined()
        return sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(max(size, 0))
            return overflow || next > .max - 512 ? .max - 512 : next + 512
        }
    }
}

extension ZipRoom.Problem {
    func error(for path: String) -> CodError {
        let message: String
        switch self {
        case .bytes(let needed, let besides, let free, let count):
            let more = besides > 0 ? ", and the instances to save, on the same disk, \(besides.inByteUnits)" : ""
            message =
                "The disk of \(path) has \(free.inByteUnits) free; \(count == 1 ? "the zip" : "the \(count) zips") may take "
                + "\(needed.inByteUnits)\(more)."
        case .files(let needed, let free):
            message = "The disk of \(path) takes \(free) more files; \(needed) are to be written."
        }
        return CodError(
            .outputUnusable, message,
            recovery: "Free some space, choose a folder on another disk (--zip-dir) or fewer studies; or give --no-space-check.",
            reach: .job)
    }
}

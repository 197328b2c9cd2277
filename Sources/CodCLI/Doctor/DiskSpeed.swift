import CodCore
import SystemPackage

/// How fast a folder's disk takes bytes, and what is odd about it.
struct DiskSpeed: Sendable, Equatable {
    let byteCount: Int64
    let seconds: Double
    let ignoresCase: Bool
    let hasUnnamedFiles: Bool

    /// The most that is written.
    static let maximumByteCount: Int64 = 64 << 20
    /// The longest that it is written for.
    static let maximumTime: Duration = .seconds(2)

    /// Writes a file and syncs it. The file has no name while it is written: it is gone with its descriptor, however the process ends.
    ///
    /// Throws ``CodError/Code/outputUnusable``, and `CancellationError` when the task is cancelled.
    static func measure(in folder: OpenFile, path: String, freeByteCount: Int64?) throws -> DiskSpeed {
        do {
            // Upper and lower case, so that a disk that ignores them shows it.
            let name = ".cod-doctor-\(String(UInt64.random(in: .min ... .max), radix: 16))-aB"
            let file = try folder.create(name)
            let ignoresCase = (try? folder.status(of: String(name.dropLast(2)) + "Ab")) ?? nil != nil
            try folder.removeFile(name)
            let hasUnnamed = (try? folder.createUnnamed()) != nil
            var random = SystemRandomNumberGenerator()
            // Nothing that a disk could compress.
            let piece = ByteChunk((0..<(1 << 17)).flatMap { _ in Self.bytes(of: random.next()) })
            // A disk that is nearly full is not filled for this.
            let limit = min(maximumByteCount, max((freeByteCount ?? maximumByteCount) / 4, Int64(piece.count)))
            let start = ContinuousClock.now
            var count: Int64 = 0
            while count < limit, ContinuousClock.now - start < maximumTime {
                try BlockingCancellation.check()
                try file.writeAll(piece)
                count += Int64(piece.count)
            }
            try file.syncWherePossible()
            return DiskSpeed(
                byteCount: count, seconds: (ContinuousClock.now - start) / .seconds(1), ignoresCase: ignoresCase,
                hasUnnamedFiles: hasUnnamed)
        } catch let errno as Errno {
            throw CodError.outputUnusable("write to", path, errno)
        }
    }

    private static func bytes(of number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

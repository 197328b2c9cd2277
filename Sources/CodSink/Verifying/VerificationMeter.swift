internal import CodCore
internal import Synchronization

/// Counts what the threads of a verification do.
final class VerificationMeter: Sendable {
    struct Counts: Hashable, Sendable {
        /// Recorded instances that were looked at.
        var instanceCount = 0
        var readByteCount: Int64 = 0
        /// What was to be read and turned out not to be worth it.
        var skippedByteCount: Int64 = 0
    }

    private let content = Mutex(Counts())

    var counts: Counts { content.withLock { $0 } }

    /// Bytes were read.
    func read(_ byteCount: Int) {
        content.withLock { $0.readByteCount = $0.readByteCount.addingSaturated(Int64(byteCount)) }
    }

    /// An instance is done with, after so many bytes of it.
    func looked(at record: SeriesRecords.Record, reading byteCount: Int64) {
        let skipped = max(record.readByteCount - byteCount, 0)
        content.withLock { content in
            content.instanceCount += 1
            content.skippedByteCount = content.skippedByteCount.addingSaturated(skipped)
        }
    }
}

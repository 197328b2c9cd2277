import CodTesting

/// What a store sent: bodies, without the heads of answers.
struct WireTraffic {
    let archiveByteCount: Int64
    /// Of listings and metadata.
    let otherByteCount: Int64
    let requestCount: Int

    init(_ log: [LoopbackStore.Request]) {
        archiveByteCount = log.filter(\.isArchiveRead).reduce(0) { $0 + $1.byteCount }
        otherByteCount = log.filter { !$0.isArchiveRead }.reduce(0) { $0 + $1.byteCount }
        requestCount = log.count
    }
}

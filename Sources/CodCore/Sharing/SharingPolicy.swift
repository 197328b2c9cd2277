/// How long the parts are that series are cut into when a plan is shared.
struct SharingPolicy: Sendable, Hashable {
    /// What a part comes to in a plan's file, and in a large share: 64 MiB, up to twice that where it fits so, and more where an entry
    /// has more.
    var mostByteCount: Int64 = 64 << 20
    /// No share's parts are shorter: a cut costs both workers a request. 4 MiB.
    var leastByteCount: Int64 = 4 << 20
    /// In between parts are this fraction of a share, up to twice that.
    var partsPerShare: Int64 = 8

    /// How long parts are at least when each share is to have so many bytes.
    func partByteCount(ofShareOf byteCount: Int64) -> Int64 {
        max(min(byteCount / partsPerShare, mostByteCount), leastByteCount)
    }
}

/// What has arrived in a run so far.
struct Traffic: Equatable {
    /// Bytes of archives.
    var byteCount: Int64 = 0
    /// How often the store asked for less.
    var slowDownCount = 0
    /// How often a request had to be made again.
    var retryCount = 0

    static func + (one: Traffic, other: Traffic) -> Traffic {
        Traffic(
            byteCount: one.byteCount &+ other.byteCount, slowDownCount: one.slowDownCount &+ other.slowDownCount,
            retryCount: one.retryCount &+ other.retryCount)
    }
}

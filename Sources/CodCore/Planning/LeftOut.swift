/// What a limit of bytes leaves for later runs.
package struct LeftOut: Sendable, Hashable {
    /// The limit, in bytes.
    package let limit: Int64
    /// Series of which something is left.
    package internal(set) var seriesCount = 0
    /// Instances that are left.
    package internal(set) var instanceCount = 0
    /// How many bytes of archives are left.
    package internal(set) var byteCount: Int64 = 0
    /// The least that can be fetched of what is left; a lower limit fetches none of it, however often it is tried.
    package private(set) var leastByteCount: Int64?

    init(limit: Int64) {
        self.limit = limit
    }

    mutating func note(_ byteCount: Int64) { leastByteCount = min(leastByteCount ?? .max, byteCount) }

    /// Tells of the whole of it.
    var error: CodError {
        let size = byteCount == .max ? "more" : byteCount.inByteUnits
        let isTooLow = leastByteCount.map { $0 > limit } ?? false
        let least = leastByteCount.map { "Give a limit of \($0) bytes at least: that is what the smallest part of it takes." }
        return CodError(
            .limitReached,
            "The run fetches \(limit.inByteUnits) at most: \(size) of \(seriesCount) series (\(instanceCount) "
                + "instance\(instanceCount == 1 ? "" : "s")) are left for later.",
            recovery: isTooLow ? least : "Run the same command again to go on.", reach: .job)
    }

    /// The same of one series.
    func error(of series: SeriesID) -> CodError {
        CodError(
            .limitReached, "The run fetches \(limit.inByteUnits) at most, and does not fetch all of the series.",
            recovery: "Run the same command again to go on."
        ).located(in: series)
    }
}

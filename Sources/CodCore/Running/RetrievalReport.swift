/// What came of a run.
public struct RetrievalReport: Sendable {
    /// Every study of the plan, with what is saved of it, now or earlier, and what failed.
    public var studies: [SavedStudy] = []
    /// Everything that failed, each named once, in the order in which it was final.
    public var failures: [CodError] = []
    /// Why the job stopped before its end; `nil` when it ran to its end.
    public var interruption: CodError?
    /// Instances saved in this run.
    public var savedCount = 0
    /// Instances that earlier runs had saved.
    public var skippedCount = 0
    /// Instances that were asked for and are not saved, and series and studies of which nothing is known.
    public var failedCount = 0
    /// Instances saved in this run whose bytes were compared with the metadata's checksum.
    public var verifiedCount = 0
    /// The sizes of the instances saved in this run, added up.
    public var savedByteCount: Int64 = 0

    /// Bytes of archives that arrived in this run, those that came twice included.
    public var receivedByteCount: Int64 = 0
    /// How often a request for an archive had to be made again.
    public var retryCount = 0
    /// Those of ``failedCount`` that ``RetrievalOptions/maximumByteCount`` leaves for later.
    public var leftOutCount = 0
    /// How many bytes of archives it leaves; `Int64.max` where that is not known.
    public var leftOutByteCount: Int64 = 0

    /// Of a run that did nothing.
    package init() {}

    /// Whether all that was asked for is saved.
    public var isComplete: Bool { failures.isEmpty && interruption == nil && failedCount == 0 }
}

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

    /// Whether all that was asked for is saved.
    public var isComplete: Bool { failures.isEmpty && interruption == nil && failedCount == 0 }
}

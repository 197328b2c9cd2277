/// What a run expects to hand over to its finishers of a study, before anything of it is fetched.
public struct ExpectedStudy: Sendable {
    /// The study's identifier.
    public let uid: String
    /// The wanted instances that earlier runs saved.
    public let saved: [SavedInstance]
    /// The sizes of those that are to be saved yet, in bytes, where they are known.
    public let missingByteCounts: [Int64]
    /// Whether every wanted instance is saved already, and nothing is known to be lost.
    public let isSaved: Bool

    /// What is expected of a study.
    public init(uid: String, saved: [SavedInstance], missingByteCounts: [Int64], isSaved: Bool) {
        self.uid = uid
        self.saved = saved
        self.missingByteCounts = missingByteCounts
        self.isSaved = isSaved
    }

    init(_ work: StudyWork) {
        self.init(
            uid: work.uid, saved: work.series.flatMap(\.saved), missingByteCounts: work.series.flatMap(\.credibleByteCounts),
            isSaved: work.series.allSatisfy(\.isComplete))
    }
}

public import CodCore

/// What a verification tells while it runs. `plan` is the first, `complete` the last, each exactly once.
@nonexhaustive
public enum VerificationEvent: Sendable {
    /// What is recorded, before any file is read.
    case plan(VerificationPlan)
    /// More was read. At most ten a second.
    case progress(VerificationProgress)
    /// Something is not as it was saved.
    case finding(VerificationFinding)
    /// A study that was named is not there, or the verification was stopped.
    case error(CodError)
    /// It is over.
    case complete(VerificationReport)
}

/// What is to be verified.
public struct VerificationPlan: Hashable, Encodable, Sendable {
    /// Series that have a folder or records.
    public package(set) var series = 0
    /// Instances that there are records of.
    public package(set) var instances = 0
    /// How much is to be read, in bytes: the recorded sizes of those that were recorded with a checksum, added up.
    public package(set) var bytes: Int64 = 0
    /// Whether a download into the folder is under way: what it has not recorded yet counts as unrecorded.
    public package(set) var isBeingWritten = false

    /// A plan of nothing.
    package init() {}
}

/// How far a verification is.
public struct VerificationProgress: Hashable, Encodable, Sendable {
    /// Recorded instances that have been looked at so far.
    public let instances: Int
    /// Recorded instances in all.
    public let instancesTotal: Int
    /// What was read so far, or need not be read any more, in bytes.
    public let bytesRead: Int64
    /// What is to be read in all.
    public let bytesTotal: Int64

    package init(instances: Int, bytesRead: Int64, of plan: VerificationPlan) {
        (self.instances, instancesTotal) = (instances, plan.instances)
        (self.bytesRead, bytesTotal) = (min(bytesRead, plan.bytes), plan.bytes)
    }

    /// Where a verification begins.
    package init(_ plan: VerificationPlan) {
        self.init(instances: 0, bytesRead: 0, of: plan)
    }
}

public import CodCore

/// What came of a verification.
public struct VerificationReport: Sendable {
    /// Recorded instances that were looked at.
    public package(set) var instanceCount = 0
    /// What was read of them, in bytes.
    public package(set) var byteCount: Int64 = 0
    /// Those whose size and crc32c are what was recorded.
    public package(set) var verifiedCount = 0
    /// Those that were recorded without a checksum, and have the recorded size.
    public package(set) var sizeOnlyCount = 0
    /// Those of both that were never compared with a checksum of the store: they are what was saved, whatever that was.
    public package(set) var unverifiedCount = 0
    /// How many findings there are of each kind.
    public package(set) var findingCounts: [VerificationFinding.Kind: Int] = [:]
    /// Studies that were named and are not there.
    public package(set) var failures: [CodError] = []
    /// Why it stopped before its end; `nil` when it ran to its end.
    public package(set) var interruption: CodError?

    /// A report of nothing.
    package init() {}

    /// How many findings there are of a kind.
    public subscript(kind: VerificationFinding.Kind) -> Int { findingCounts[kind, default: 0] }

    /// Findings that keep the folder from being whole, and studies that are not there.
    public var failedCount: Int {
        findingCounts.reduce(failures.count) { $0 + ($1.key.isFailure ? $1.value : 0) }
    }

    /// Whether every instance that was to be looked at is what was saved, as far as records can tell.
    public var isWhole: Bool { failedCount == 0 && interruption == nil }
}

extension VerificationReport: Encodable {
    private enum Key: String, CodingKey {
        case instances, bytes, verified, sizeOnly, unverified, missing, damaged, unreadable, unrecorded, unknown, failed
    }

    /// A field a count.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(instanceCount, forKey: .instances)
        try container.encode(byteCount, forKey: .bytes)
        try container.encode(verifiedCount, forKey: .verified)
        try container.encode(sizeOnlyCount, forKey: .sizeOnly)
        try container.encode(unverifiedCount, forKey: .unverified)
        try container.encode(self[.missing], forKey: .missing)
        try container.encode(self[.damaged], forKey: .damaged)
        try container.encode(self[.unreadable], forKey: .unreadable)
        try container.encode(self[.unrecorded], forKey: .unrecorded)
        try container.encode(self[.unknown], forKey: .unknown)
        try container.encode(failedCount, forKey: .failed)
    }
}

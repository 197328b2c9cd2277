/// How archives are cut into portions.
public struct PlanningPolicy: Sendable, Hashable {
    /// Wanted stretches of an archive that lie this close together are fetched as one: a request costs more than the gap.
    /// Default 1 MiB. Of a series of which only some instances were chosen, at most 64 KiB.
    public var joinedGapByteCount: Int64 = 1 << 20
    /// Stretches longer than this may be split: where connections would be idle otherwise. Default 32 MiB.
    public var splitThresholdByteCount: Int64 = 32 << 20
    /// The least that a slice of a split stretch holds, but for what is left at its end. Slices come down to it towards the end of a
    /// run only. Default 16 MiB.
    public var sliceByteCount: Int64 = 16 << 20

    /// The defaults.
    public init() {}

    /// Gaps between instances that were chosen hold what was left out on purpose, often at regular distances: they are bridged only where
    /// they are shorter than what a request takes on the wire by itself.
    var joinedChosenGapByteCount: Int64 { min(joinedGapByteCount, Self.mostJoinedChosenByteCount) }

    private static let mostJoinedChosenByteCount: Int64 = 64 << 10
}

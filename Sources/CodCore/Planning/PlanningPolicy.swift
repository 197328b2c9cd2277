/// How archives are cut into portions.
public struct PlanningPolicy: Sendable, Hashable {
    /// Wanted stretches of an archive that lie this close together are fetched as one: a request costs more than the gap.
    /// Default 1 MiB.
    public var joinedGapByteCount: Int64 = 1 << 20
    /// Stretches longer than this are split when there are connections to spare. Default 256 MiB.
    public var splitThresholdByteCount: Int64 = 256 << 20
    /// The least that a slice of a split stretch holds. Default 64 MiB.
    public var sliceByteCount: Int64 = 64 << 20

    /// The defaults.
    public init() {}
}

extension PlanningPolicy {
    /// For a store in a folder: a slice costs no request, so that already small archives are read by all processors.
    package static let folder: PlanningPolicy = {
        var policy = PlanningPolicy()
        policy.splitThresholdByteCount = 16 << 20
        policy.sliceByteCount = 8 << 20
        return policy
    }()
}

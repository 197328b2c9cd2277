import CodTesting

/// A bucket that is far away: what a connection brings is bounded, and every answer takes its time. Connections themselves are made
/// at once, as over loopback.
enum FarBucket {
    /// What `cod` opens unless it is told otherwise.
    static let connectionCount = 8
    static let bytesPerSecond = 60_000_000
    static let latencySeconds = 0.050

    static var rules: LoopbackStore.Rules {
        var rules = LoopbackStore.Rules()
        rules.latency = .seconds(latencySeconds)
        rules.bytesPerSecond = Int64(bytesPerSecond)
        return rules
    }

    /// What nobody can be faster than with as many connections.
    static func seconds(for byteCount: Int64) -> Double { Double(byteCount) / Double(connectionCount * bytesPerSecond) }
}

import CodBenchKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Measures work inside this process.
enum OwnProcess {
    /// Its memory is not told apart.
    static func sample(_ body: () async throws -> Void) async rethrows -> Sample {
        let before = cpuSeconds()
        let start = ContinuousClock.now
        try await body()
        let wall = (ContinuousClock.now - start) / .seconds(1)
        return Sample(wallSeconds: wall, cpuSeconds: cpuSeconds() - before)
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(ownUsage, &usage)
        return usage.cpuSeconds
    }
}

extension rusage {
    /// User and system.
    var cpuSeconds: Double { ru_utime.seconds + ru_stime.seconds }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

#if canImport(Glibc)
    private let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
#else
    private let ownUsage = RUSAGE_SELF
#endif

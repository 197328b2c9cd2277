#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One run of one contender.
struct Sample: Sendable {
    var wallSeconds: Double
    /// Of the process and all its children, user and system.
    var cpuSeconds: Double
    /// The most memory that its processes held at a time, added up; 0 when that is not known.
    var peakByteCount: Int64 = 0
    var exitCode: CInt = 0
    /// How many bytes the files have that it left; 0 when nobody looked.
    var outputByteCount: Int64 = 0

    /// Measures work inside this process; its memory is not told apart.
    static func ofThisProcess(_ body: () async throws -> Void) async rethrows -> Sample {
        let before = cpuSecondsOfThisProcess()
        let start = ContinuousClock.now
        try await body()
        let wall = (ContinuousClock.now - start) / .seconds(1)
        return Sample(wallSeconds: wall, cpuSeconds: cpuSecondsOfThisProcess() - before)
    }

    private static func cpuSecondsOfThisProcess() -> Double {
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

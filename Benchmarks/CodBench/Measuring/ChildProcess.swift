import ArgumentParser

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A command, run to its end, with the system's own account of it.
struct ChildProcess {
    let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// A line for the shell.
    init(shell line: String) {
        arguments = ["sh", "-c", line]
    }

    /// Whether a program is on the PATH.
    static func isInstalled(_ program: String) -> Bool {
        (try? ChildProcess(shell: "command -v \(program)").run().exitCode) == 0
    }

    /// Runs it. What it prints is thrown away unless it is wanted on this process's own output.
    func run(discardingOutput: Bool = true) throws -> Sample {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if discardingOutput {
            for file: CInt in [1, 2] { posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_WRONLY, 0) }
        } else {
            // What a build prints is no result.
            posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var identifier = pid_t()
        let start = ContinuousClock.now
        let error = posix_spawnp(&identifier, arguments[0], &actions, nil, &pointers, environ)
        guard error == 0 else { throw ValidationError("\(arguments[0]) cannot be run: \(String(cString: strerror(error)))") }
        var status: CInt = 0
        var usage = rusage()
        while wait4(identifier, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw ValidationError("\(arguments[0]) was lost.") }
        }
        let wall = (ContinuousClock.now - start) / .seconds(1)
        let exitCode = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        return Sample(
            wallSeconds: wall, cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
            peakByteCount: Int64(usage.ru_maxrss) * Self.maxrssUnit, exitCode: exitCode)
    }

    #if canImport(Darwin)
        private static let maxrssUnit: Int64 = 1
    #else
        private static let maxrssUnit: Int64 = 1024
    #endif
}

extension timeval {
    var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// One run of one contender.
struct Sample {
    var wallSeconds: Double
    var cpuSeconds: Double
    var peakByteCount: Int64
    var exitCode: CInt = 0

    /// Measures work inside this process; its memory is not told apart.
    static func ofThisProcess(_ body: () throws -> Void) rethrows -> Sample {
        var before = rusage()
        var after = rusage()
        getrusage(ownUsage, &before)
        let start = ContinuousClock.now
        try body()
        let wall = (ContinuousClock.now - start) / .seconds(1)
        getrusage(ownUsage, &after)
        let cpu = after.ru_utime.seconds + after.ru_stime.seconds - before.ru_utime.seconds - before.ru_stime.seconds
        return Sample(wallSeconds: wall, cpuSeconds: cpu, peakByteCount: 0)
    }
}

#if canImport(Glibc)
    private let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
#else
    private let ownUsage = RUSAGE_SELF
#endif

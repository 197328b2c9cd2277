import CodBenchKit
import CodCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A command, run to its end, with the system's own account of it.
struct ChildProcess: Sendable {
    let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// A line for the shell.
    init(shell line: String) {
        arguments = ["sh", "-c", line]
    }

    /// Lines for the shell that run side by side; it fails when one of them does.
    init(sideBySide lines: [String]) {
        let started = lines.enumerated().map { "{ \($1); } & child\($0)=$!" }
        let awaited = lines.indices.map { "wait $child\($0) || status=$?" }
        self.init(shell: (started + ["status=0"] + awaited + ["exit $status"]).joined(separator: "\n"))
    }

    /// Whether a program is on the PATH.
    static func isInstalled(_ program: String) async -> Bool {
        (try? await ChildProcess(shell: "command -v \(program)").run().exitCode) == 0
    }

    /// Runs it. What it prints is thrown away, unless it is wanted on this process's standard error; its errors are seen there.
    /// When the task is cancelled, it and its children are ended.
    func run(discardingOutput: Bool = true) async throws -> Sample {
        try await watched(discardingOutput: discardingOutput).sample
    }

    /// The same, with the memory that it held from its start to its end.
    func watched(discardingOutput: Bool = true) async throws -> (sample: Sample, memory: MemoryCurve) {
        try Task.checkCancellation()
        let start = ContinuousClock.now
        let identifier = try started(discardingOutput: discardingOutput)
        let watch = Task { await MemoryWatch.curve(ofProcess: identifier) }
        defer { watch.cancel() }
        // Waiting blocks, and a server that runs in this process needs the threads that tasks share.
        var sample = try await withTaskCancellationHandler {
            try await offTaskThreads { try Self.wait(for: identifier, since: start) }
        } onCancel: {
            // All of its group, which has its number.
            kill(-identifier, SIGKILL)
        }
        watch.cancel()
        let memory = await watch.value
        sample.peakByteCount = max(sample.peakByteCount, memory.peakByteCount)
        return (sample, memory)
    }

    /// Starts it and answers its process identifier; somebody has to wait for it.
    func started(discardingOutput: Bool = true) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // The threads that tasks run on block signals. A shell that inherits that never hears of its children's ends.
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        // Signals that this process handles would be ignored there.
        var handled = sigset_t()
        sigemptyset(&handled)
        for number in [SIGINT, SIGTERM] { sigaddset(&handled, number) }
        posix_spawnattr_setsigdefault(&attributes, &handled)
        // A group of its own, so that it can be ended with its children.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP))
        if discardingOutput {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        } else {
            // What a build prints is no result.
            posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var identifier = pid_t()
        let error = posix_spawnp(&identifier, arguments[0], &actions, &attributes, &pointers, environ)
        guard error == 0 else { throw Obstacle("\(arguments[0]) cannot be run: \(String(cString: strerror(error)))") }
        return identifier
    }

    /// Waits for a process that was started.
    @discardableResult
    static func wait(for identifier: pid_t, since start: ContinuousClock.Instant = .now) throws -> Sample {
        var status: CInt = 0
        var usage = rusage()
        while wait4(identifier, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw Obstacle("Process \(identifier) was lost.") }
        }
        var sample = Sample(wallSeconds: (ContinuousClock.now - start) / .seconds(1), cpuSeconds: usage.cpuSeconds)
        sample.exitCode = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        #if canImport(Darwin)
            // Linux counts in what this process held when it started the child: see MemoryWatch.
            sample.peakByteCount = Int64(usage.ru_maxrss)
        #endif
        return sample
    }
}

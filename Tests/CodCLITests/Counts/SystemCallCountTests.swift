import CodCore
import CodTesting
import Testing

@Suite("What an instance costs in system calls", .timeLimit(.minutes(5)))
struct SystemCallCountTests {
    /// What threads ask for to wait for one another and to get memory: how often depends on the machine.
    private static let besides: Set<String> = [
        "futex", "epoll_wait", "epoll_pwait", "epoll_ctl", "sched_yield", "mprotect", "mmap", "munmap", "madvise", "brk",
        "mremap",
        "clock_nanosleep", "restart_syscall", "timerfd_settime", "eventfd2", "clone3", "clone", "rt_sigprocmask", "rt_sigaction",
        "gettid", "set_robust_list", "rseq", "sigaltstack", "prctl", "exit", "getrandom", "sched_getaffinity",
    ]

    /// The system calls of a download of one series of `count` instances of about 20 KB.
    private static func calls(instanceCount count: Int, fromFolder: Bool) async throws -> [String: Int] {
        let study = try SyntheticStudy(
            seed: 20, seriesCount: 1, instancesPerSeries: count, rows: 16, columns: 16, payload: .noise(byteCount: 18_000))
        var calls: [String: Int] = [:]
        try await KillStore.with([study]) { store in
            let (run, counts) = try await SystemCalls.counting(
                store.arguments(to: "out", fromFolder: fromFolder, ["-q", "--jobs", "2"]), environment: store.environment)
            run.expect(0)
            try store.expectComplete("out")
            calls = counts
        }
        return calls
    }

    @Test(
        "Saving an instance is four system calls: open without a name, write, name, close",
        .enabled(if: SystemCalls.canBeWatched, "strace is needed"), arguments: [true, false])
    func perInstance(fromFolder: Bool) async throws {
        let (few, many) = (40, 440)
        let before = try await Self.calls(instanceCount: few, fromFolder: fromFolder)
        let after = try await Self.calls(instanceCount: many, fromFolder: fromFolder)
        let names = Set(before.keys).union(after.keys).subtracting(Self.besides)
        let more = Dictionary(
            uniqueKeysWithValues: names.map { ($0, Double((after[$0] ?? 0) - (before[$0] ?? 0)) / Double(many - few)) })
        func expect(_ name: String, atMost limit: Double) {
            let count = more[name] ?? 0
            #expect(count <= limit, "An instance costs \(count) calls of \(name); at most \(limit) are meant to be.")
        }
        // An instance that lies across two chunks is written in two.
        expect("write", atMost: 1.25)
        for name in ["openat", "linkat", "close"] { expect(name, atMost: 1.02) }
        // Chunks and metadata, over many instances.
        for (name, count) in more where !["write", "openat", "linkat", "close"].contains(name) {
            #expect(count <= 0.25, "An instance costs \(count) calls of \(name), which are not meant to be made for each.")
        }
        let all = more.values.reduce(0, +)
        #expect(all <= 5, "An instance costs \(all) system calls in all, out of \(more.filter { $0.value > 0.01 }).")
    }
}

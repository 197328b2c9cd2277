import CodTesting
import Foundation
import Synchronization
import Testing

@Suite("fault 42: two processes on one folder never spoil each other's files", .timeLimit(.minutes(5)))
struct TwoProcessTests {
    private static func withStore(_ body: (KillStore) async throws -> Void) async throws {
        let studies = try (0..<2).map {
            try SyntheticStudy(
                seed: 420 + $0, seriesCount: 3, instancesPerSeries: 6, rows: 16, columns: 16, payload: .noise(byteCount: 64 << 10)
            )
        }
        try await KillStore.with(studies, bytesPerSecond: 2 << 20, body)
    }

    private static func cod(_ store: KillStore, studies: [String]? = nil, _ target: KillTarget = KillTarget()) async throws
        -> CommandRun
    {
        try await target.cod(store.arguments(to: "out", studies: studies), environment: store.environment)
    }

    /// Holds up the n-th read of an archive, counted from now, in its middle.
    private static func holdUp(_ numbers: Set<Int>, in store: KillStore) -> LoopbackStore.Gate {
        let gate = LoopbackStore.Gate()
        let reads = Count()
        store.server.script(
            matching: .requests { $0.isArchiveRead && numbers.contains(reads.next()) }, faults: [],
            thenAlways: .stall(afterByteCount: 100_000, until: gate))
        return gate
    }

    @Test("fault 42: both download the same at the same time")
    func same() async throws {
        try await Self.withStore { store in
            async let first = Self.cod(store)
            async let second = Self.cod(store)
            for run in try await [first, second] { run.expect(0, naming: "all verified") }
            try store.expectComplete("out")
        }
    }

    @Test("fault 42: four download different studies, two each, at the same time: the log has the entries of all")
    func different() async throws {
        try await Self.withStore { store in
            try await withThrowingTaskGroup(of: CommandRun.self) { group in
                for study in store.studies + store.studies {
                    group.addTask { try await Self.cod(store, studies: [study]) }
                }
                for try await run in group { run.expect(0) }
            }
            try store.expectComplete("out")
        }
    }

    @Test("fault 42: one begins, works and ends while the other is in mid-archive; the other then ends well")
    func inBetween() async throws {
        try await Self.withStore { store in
            let gate = Self.holdUp([2], in: store)
            async let first = Self.cod(store)
            await gate.arrival()
            // The second run sweeps what dead processes left: the first one is none.
            try await Self.cod(store).expect(0)
            try store.expectWhole("out", "between the two")
            #expect(FileManager.default.fileExists(atPath: store.scratch.path("out/.cod/partial")))
            gate.open()
            try await first.expect(0)
            try store.expectComplete("out")
        }
    }

    @Test(
        "fault 42: one is killed while the other runs: the other ends well, and what the dead one left is gone after the next run"
    )
    func killed() async throws {
        try await Self.withStore { store in
            let target = KillTarget()
            let gate = Self.holdUp([2], in: store)
            async let first = Self.cod(store, studies: [store.studies[0]], target)
            await gate.arrival()
            store.server.clearScripts()
            let otherGate = Self.holdUp([2], in: store)
            async let second = Self.cod(store, studies: [store.studies[1]])
            await otherGate.arrival()
            target.strike()
            let dead = try await first
            #expect(dead.exitCode == SIGKILL)
            try store.expectWhole("out", "one killed, one running")
            otherGate.open()
            try await second.expect(0, naming: "all verified")
            store.server.clearScripts()
            let log = Set(try store.scratch.log(in: "out"))
            #expect(log.isSuperset(of: ServedStore.log(of: store.expected.filter { $0.key.hasPrefix(store.studies[1]) })))
            try await Self.cod(store).expect(0)
            try store.expectComplete("out")
        }
    }

    @Test(
        "fault 42: while somebody holds the folder's lock, one waits to merge log.json and one to begin: both say so and end well"
    )
    func merging() async throws {
        try await Self.withStore { store in
            let gate = Self.holdUp([3], in: store)
            let first = Waiting()
            async let firstRun = first.cod(store, studies: [store.studies[0]])
            await gate.arrival()
            store.server.clearScripts()
            let lock = open(store.scratch.path("out/.cod/lock"), O_RDWR)
            #expect(flock(lock, LOCK_EX) == 0)
            gate.open()
            let second = Waiting()
            async let secondRun = second.cod(store, studies: [store.studies[1]])
            await first.notice()
            await second.notice()
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/log.json")))
            close(lock)
            for run in try await [firstRun, secondRun] { run.expect(0) }
            for waiting in [first, second] {
                #expect(waiting.errors.contains("Another process holds \(store.scratch.path("out/.cod/lock")); waiting."))
                #expect(waiting.errors.contains("all verified"))
            }
            try store.expectComplete("out")
        }
    }

    @Test("fault 42: one that does not let go of the folder is named to who waits for it, once; when it lets go, all ends well")
    func holder() async throws {
        try await Self.withStore { store in
            let folder = store.scratch.path("out/.cod")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let lock = open("\(folder)/lock", O_RDWR | O_CREAT, 0o644)
            #expect(flock(lock, LOCK_EX) == 0)
            let name = "process \(getpid()) on here\n"
            #expect(write(lock, name, name.utf8.count) == name.utf8.count)
            let waiting = Waiting()
            async let run = waiting.cod(store, studies: store.studies)
            await waiting.notice()
            close(lock)
            try await run.expect(0)
            let said = "The process \(getpid()) on here holds \(folder)/lock; waiting."
            #expect(waiting.errors.components(separatedBy: said).count == 2, "\(waiting.errors)")
            // Nobody is named any more when nobody holds it.
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/lock")).isEmpty)
            try store.expectComplete("out")
        }
    }
}

/// A run that is to say that it waits for a lock.
private final class Waiting: Sendable {
    private let text = Mutex("")
    private let (notices, said) = AsyncStream<Void>.makeStream()

    /// What it wrote to standard error.
    var errors: String { text.withLock { $0 } }

    /// Returns when it has said so, or has ended.
    func notice() async {
        for await _ in notices { return }
    }

    func cod(_ store: KillStore, studies: [String]) async throws -> CommandRun {
        let pipe = LinePipe { _, line in
            self.text.withLock { $0 += "\(line)\n" }
            if line.contains("; waiting.") { self.said.yield() }
        }
        defer { said.finish() }
        let run = try await CommandRun.run(
            CommandRun.binary, store.arguments(to: "out", studies: studies), environment: store.environment,
            configure: { $0.standardError = pipe.writing })
        await pipe.end()
        return run
    }
}

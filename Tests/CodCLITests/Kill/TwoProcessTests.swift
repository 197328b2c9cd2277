import CodTesting
import Foundation
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

    @Test("fault 42: while somebody holds the folder's lock, one waits to merge log.json and one to begin; both end well")
    func merging() async throws {
        try await Self.withStore { store in
            let gate = Self.holdUp([3], in: store)
            async let first = Self.cod(store, studies: [store.studies[0]])
            await gate.arrival()
            store.server.clearScripts()
            let lock = open(store.scratch.path("out/.cod/lock"), O_RDWR)
            #expect(flock(lock, LOCK_EX) == 0)
            gate.open()
            async let second = Self.cod(store, studies: [store.studies[1]])
            try await Self.waiting(for: store.scratch.path("out/.cod/lock"), count: 2)
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/log.json")))
            close(lock)
            try await first.expect(0, naming: "all verified")
            try await second.expect(0, naming: "all verified")
            try store.expectComplete("out")
        }
    }

    /// Returns when so many processes wait for a file's lock; where the system does not tell, at once.
    private static func waiting(for path: String, count: Int) async throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let inode = try #require(attributes[.systemFileNumber] as? Int)
        while let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) {
            let waiting = locks.split(separator: "\n").filter { $0.contains("->") && $0.contains(":\(inode) ") }
            if waiting.count >= count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

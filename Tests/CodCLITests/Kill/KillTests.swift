import CodTesting
import Foundation
import Testing

@Suite(
    "fault 40: a process that is killed at any moment leaves whole files only, and loses nothing but what was on its way",
    .serialized, .timeLimit(.minutes(10)))
struct KillTests {
    private static func small() throws -> [SyntheticStudy] {
        try (0..<2).map {
            try SyntheticStudy(seed: 40 + $0, seriesCount: 3, instancesPerSeries: 12, rows: 32, columns: 32, cineFrameCount: 2)
        }
    }

    private static func large() throws -> [SyntheticStudy] {
        [
            try SyntheticStudy(
                seed: 44, seriesCount: 2, instancesPerSeries: 20, rows: 16, columns: 16, payload: .noise(byteCount: 512 << 10))
        ]
    }

    @Test("fault 40: killed when its n-th request arrives: while it plans, and between archives of many small instances")
    func atRequest() async throws {
        try await KillStore.with(Self.small()) { store in
            var trial = KillTrial("n-th request", store, seed: 1, more: ["--jobs", "2"])
            // A listing of each study, a metadata.json and an archive of each series, roughly.
            let requestCount = 2 * store.studies.count + 2 * store.written.series.count
            try await trial.run(roundCount: 30) { random, target, arguments in
                let fatal = Int.random(in: 1...requestCount, using: &random)
                let count = Count()
                store.server.clearScripts()
                store.server.script(
                    matching: .requests { _ in
                        if count.next() == fatal { target.strike() }
                        return false
                    }, faults: [.pass])
                return try await target.cod(arguments, environment: store.environment)
            }
        }
    }

    @Test("fault 40: killed in the middle of a slow archive of large instances, at any byte, while others are under way")
    func inBody() async throws {
        try await KillStore.with(Self.large(), bytesPerSecond: 24 << 20) { store in
            var trial = KillTrial("n-th byte", store, seed: 2)
            try await trial.run(roundCount: 30) { random, target, arguments in
                try await Self.killInBody(of: 1...2, store, &random, target, arguments)
            }
        }
    }

    @Test("fault 40: the same where the archive alone has a checksum, and its metadata does not list all that it holds")
    func inBodyOfBareArchives() async throws {
        try await KillStore.with(Self.large(), bytesPerSecond: 24 << 20, isBare: true) { store in
            var trial = KillTrial("n-th byte, bare", store, seed: 6)
            // What was not compared to the end is fetched and compared once more.
            trial.savesTraffic = false
            try await trial.run(roundCount: 10) { random, target, arguments in
                try await Self.killInBody(of: 1...2, store, &random, target, arguments)
            }
        }
    }

    @Test(
        "fault 40: the same where files have a name while they are written: that is gone after the next run",
        .enabled(if: NamedPartials.library != nil, "a C compiler is needed"))
    func inBodyOfNamedFiles() async throws {
        let library = try #require(NamedPartials.library)
        try await KillStore.with(Self.large(), bytesPerSecond: 24 << 20) { store in
            var trial = KillTrial("n-th byte, named", store, seed: 5, environment: library.environment)
            var leftCount = 0
            try await trial.run(roundCount: 10) { random, target, arguments in
                let run = try await Self.killInBody(of: 1...2, store, &random, target, arguments, library.environment)
                leftCount += try store.partialCount(beside: arguments)
                return run
            }
            // Else it was a trial of something else.
            #expect(leftCount > 0)
        }
    }

    private static func killInBody(
        of reads: ClosedRange<Int>, _ store: KillStore, _ random: inout SplitMix64, _ target: KillTarget, _ arguments: [String],
        _ environment: [String: String] = [:]
    ) async throws -> CommandRun {
        let fatal = Int.random(in: reads, using: &random)
        let byteCount = Int64.random(in: 0..<(10 << 20), using: &random)
        let gate = LoopbackStore.Gate()
        let count = Count()
        store.server.clearScripts()
        store.server.script(
            matching: .requests { $0.isArchiveRead && count.next() == fatal },
            faults: [.stall(afterByteCount: byteCount, until: gate)])
        let watch = Task {
            await gate.arrival()
            if !Task.isCancelled { target.strike() }
        }
        defer { watch.cancel() }
        return try await target.cod(arguments, environment: store.environment.merging(environment) { $1 })
    }

    @Test("fault 40: killed at its n-th event, with a folder as the source: at saves, between archives, and at its very end")
    func atEvent() async throws {
        try await KillStore.with(Self.small()) { store in
            var trial = KillTrial("n-th event", store, seed: 3, fromFolder: true, more: ["--json", "--jobs", "1"])
            try await trial.run(roundCount: 20) { random, target, arguments in
                // From time to time the last event, after which there is nothing left to do but to end.
                let isLast = Int.random(in: 0..<5, using: &random) == 0
                let fatal = Int.random(in: 1...20, using: &random)
                return try await target.cod(arguments, environment: store.environment) { number, line in
                    if isLast ? line.contains("\"event\":\"complete\"") : number == fatal { target.strike() }
                }
            }
        }
    }

    @Test(
        "fault 40: killed at a system call: as it makes a folder, writes, names a file, syncs, notes, merges log.json, cleans up",
        .enabled(if: SystemCalls.canBeWatched, "strace is needed"))
    func atSystemCall() async throws {
        // The calls that change the output, how often a thread makes them at most, and how often they are chosen.
        let calls = [
            ("write", 60, 5), ("linkat", 20, 3), ("openat", 60, 2), ("syncfs", 4, 2), ("mkdirat", 6, 1), ("fsync", 1, 1),
            ("flock", 6, 1), ("renameat", 1, 1), ("unlinkat", 4, 1),
        ].flatMap { Array(repeating: ($0.0, $0.1), count: $0.2) }
        try await KillStore.with(Self.small(), isOnDisk: true) { store in
            var trial = KillTrial("system call", store, seed: 4, fromFolder: true, more: ["--jobs", "1"])
            try await trial.run(roundCount: 40) { random, target, arguments in
                let (call, count) = calls[Int.random(in: 0..<calls.count, using: &random)]
                return try await SystemCalls.killing(
                    at: call, number: Int.random(in: 1...count, using: &random), target, arguments,
                    environment: store.environment)
            }
        }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite(
    "A run that is killed while it zips leaves no zip that is not whole, and the next one leaves nothing else",
    .timeLimit(.minutes(10)))
struct ZipKillTests {
    private static func studies() throws -> [SyntheticStudy] {
        try (0..<2).map {
            try SyntheticStudy(seed: 50 + $0, seriesCount: 2, instancesPerSeries: 6, rows: 32, columns: 32, cineFrameCount: 2)
        }
    }

    private static func zips(in store: KillStore) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: store.scratch.path("zips"))) ?? []).sorted()
    }

    /// Expects of every zip that is there that it is whole.
    private static func expectWhole(_ store: KillStore) async throws {
        for study in store.studies where zips(in: store).contains("\(study).zip") {
            let found = try await UnpackedZip.files(in: store.scratch.path("zips/\(study).zip"))
            #expect(found == UnpackedZip.expected(of: study, in: store.expected))
        }
    }

    /// The calls that write a zip and name it, and how often they are made at most.
    private static let calls = [
        ("pwrite64", 20), ("fsync", 4), ("linkat", 40), ("renameat", 5), ("unlinkat", 4), ("ftruncate", 2),
    ]

    @Test("at a system call", .enabled(if: SystemCalls.canBeWatched, "strace is needed"), arguments: [false, true])
    func atSystemCall(hasNames: Bool) async throws {
        if hasNames, NamedPartials.library == nil { return }
        let named = hasNames ? NamedPartials.library?.environment ?? [:] : [:]
        try await KillStore.with(Self.studies(), isOnDisk: true) { store in
            var random = SplitMix64(seed: 7)
            let environment = store.environment.merging(named) { $1 }
            let arguments = store.arguments(
                to: "out", fromFolder: true, ["--jobs", "1", "--zip", "--zip-dir", store.scratch.path("zips")])
            var (killedCount, leftCount) = (0, 0)
            for round in 0..<12 * KillTrial.factor {
                // What is saved stays from time to time, so that some runs do nothing but zip.
                try? FileManager.default.removeItem(atPath: store.scratch.path("zips"))
                if round % 3 == 0 { try? FileManager.default.removeItem(atPath: store.scratch.path("out")) }
                let (call, count) = Self.calls[round % Self.calls.count]
                let run = try await SystemCalls.killing(
                    at: call, number: Int.random(in: 1...count, using: &random), KillTarget(), arguments, environment: environment
                )
                killedCount += run.exitCode == SIGKILL ? 1 : 0
                try await Self.expectWhole(store)
                leftCount += Self.zips(in: store).count { $0.hasSuffix(".partial") }
                store.server.clearLog()
                try await CommandRun.cod(arguments, environment: environment).expect(0, naming: "2 studies zipped")
                #expect(Self.zips(in: store) == store.studies.map { "\($0).zip" }.sorted())
                try await Self.expectWhole(store)
                try store.expectComplete("out")
            }
            #expect(killedCount >= 3 * KillTrial.factor, "That was no trial.")
            if hasNames { #expect(leftCount > 0) }
        }
    }

    @Test(
        "at a system call while damage is noted or mended: the old zip is there or a whole one, and the next runs mend it",
        .enabled(if: SystemCalls.canBeWatched, "strace is needed"))
    func mending() async throws {
        try await KillStore.with([Self.studies()[0]], isOnDisk: true) { store in
            var random = SplitMix64(seed: 8)
            let (study, zips) = (store.studies[0], store.scratch.path("zips"))
            let zip = URL(fileURLWithPath: "\(zips)/\(study).zip")
            let arguments = ["download", store.folder, study, "--zip-only", "--zip-dir", zips, "--jobs", "1"]
            let calls = [("pwrite64", 6), ("fsync", 3), ("renameat", 1), ("unlinkat", 3), ("ftruncate", 3), ("openat", 60)]
            var killedCount = 0
            for round in 0..<9 * KillTrial.factor {
                try? FileManager.default.removeItem(atPath: zips)
                try await CommandRun.cod(arguments, environment: store.environment).expect(0)
                var damaged = try Data(contentsOf: zip)
                // In the bytes of the first entry: its record and name take less, and it has more.
                damaged[400] ^= 0x10
                try damaged.write(to: zip)
                let isNoting = round % 3 == 2
                if isNoting {
                    let (call, count) = [("write", 4), ("fsync", 2), ("openat", 40)][round / 3 % 3]
                    let run = try await SystemCalls.killing(
                        at: call, number: Int.random(in: 1...count, using: &random), KillTarget(), ["verify", zip.path],
                        environment: store.environment)
                    killedCount += run.exitCode == SIGKILL ? 1 : 0
                }
                try await CommandRun.cod(["verify", zip.path], environment: store.environment).expect(1, naming: "1 damaged")
                if !isNoting {
                    let (call, count) = calls[round % calls.count]
                    let run = try await SystemCalls.killing(
                        at: call, number: Int.random(in: 1...count, using: &random), KillTarget(), arguments,
                        environment: store.environment)
                    killedCount += run.exitCode == SIGKILL ? 1 : 0
                    if try Data(contentsOf: zip) != damaged { try await Self.expectWhole(store) }
                }
                try await CommandRun.cod(arguments, environment: store.environment).expect(0, naming: "1 study zipped")
                #expect(Self.zips(in: store) == ["\(study).zip"])
                try await Self.expectWhole(store)
                try await CommandRun.cod(["verify", zip.path], environment: store.environment).expect(0)
            }
            #expect(killedCount >= 4 * KillTrial.factor, "That was no trial: \(killedCount).")
        }
    }

    @Test("at an event: when an instance is saved, a zip is closed, or all is over; no archive byte is fetched twice")
    func atEvent() async throws {
        try await KillStore.with(Self.studies()) { store in
            let arguments = store.arguments(
                to: "out", ["--json", "--jobs", "1", "--zip", "--zip-dir", store.scratch.path("zips")])
            for word in ["\"event\":\"save\"", "\"event\":\"archive\"", "\"event\":\"complete\""] {
                for folder in ["out", "zips"] { try? FileManager.default.removeItem(atPath: store.scratch.path(folder)) }
                let target = KillTarget()
                _ = try await target.cod(arguments, environment: store.environment) { _, line in
                    if line.contains(word) { target.strike() }
                }
                try await Self.expectWhole(store)
                store.server.clearLog()
                try await CommandRun.cod(arguments, environment: store.environment).expect(0, naming: "2 studies zipped")
                #expect(Self.zips(in: store) == store.studies.map { "\($0).zip" }.sorted())
                try await Self.expectWhole(store)
                if word.contains("complete") { #expect(!store.server.log.contains { $0.isArchiveRead }) }
            }
        }
    }

    @Test("Two runs at a time into one folder both end whole")
    func twoAtATime() async throws {
        try await KillStore.with(Self.studies()) { store in
            let more = ["--zip", "--zip-dir", store.scratch.path("zips")]
            async let one = CommandRun.cod(store.arguments(to: "out-1", more), environment: store.environment)
            async let other = CommandRun.cod(store.arguments(to: "out-2", more), environment: store.environment)
            for run in try await [one, other] { run.expect(0, naming: "2 studies zipped") }
            #expect(Self.zips(in: store) == store.studies.map { "\($0).zip" }.sorted())
            try await Self.expectWhole(store)
        }
    }
}

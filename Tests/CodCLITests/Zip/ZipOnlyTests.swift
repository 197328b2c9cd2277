import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@Suite("cod download --zip-only saves each study straight into its zip")
struct ZipOnlyTests {
    private static func arguments(_ store: ServedStore, _ more: String...) -> [String] {
        [
            "download", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir",
            store.scratch.path("zips"),
        ] + more
    }

    private static func stats(_ store: ServedStore) async throws -> [String: Any] {
        let run = try await CommandRun.cod([
            "stats", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir", store.scratch.path("zips"),
            "--json",
        ])
        run.expect(0)
        return try #require(try run.objects().first)
    }

    @Test(
        "All is in the zip and nothing beside it; what it holds counts as saved; the same command again fetches nothing",
        arguments: [false, true])
    func zips(isHashed: Bool) async throws {
        try await ServedStore.with(hashed: isHashed) { store in
            let before = try store.scratch.entries()
            let dry = try await CommandRun.cod(Self.arguments(store, "--dry-run"))
            dry.expect(0, naming: "it would be saved to \(store.scratch.path("zips")), in a zip for each study.")
            #expect(try await Self.stats(store)["totalSavedSizeBytes"] as? Int == 0)
            #expect(try store.scratch.entries() == before)

            let run = try await CommandRun.cod(Self.arguments(store, "--json"))
            run.expect(0, naming: "all verified", "1 study zipped in \(store.scratch.path("zips")).")
            try await store.expectZipped()
            #expect(try Set(store.scratch.entries().keys).subtracting(before.keys) == ["zips", "zips/\(store.study).zip"])
            let events = try run.objects()
            #expect(events.count { $0["event"] as? String == "save" } == (try store.files().count))
            let archive = try #require(events.first { $0["event"] as? String == "archive" })
            #expect(archive["study"] as? String == store.study && archive["path"] as? String == store.zipPath)
            let stats = try await Self.stats(store)
            #expect(
                stats["totalSavedSizeBytes"] as? Int == stats["totalSizeBytes"] as? Int && stats["transferSizeBytes"] as? Int == 0
            )

            let stamp = try FileStamp(of: store.zipPath)
            store.server.clearLog()
            let again = try await CommandRun.cod(Self.arguments(store, "--json"))
            again.expect(0, naming: "Nothing is missing.", "1 study zipped in")
            #expect(try again.objects().contains { $0["event"] as? String == "archive" })
            #expect(try FileStamp(of: store.zipPath) == stamp && store.archiveByteCount == 0)
        }
    }

    @Test("What failed leaves no zip; what is saved is kept, and the next run fetches the rest alone")
    func refused() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            let run = try await CommandRun.cod(Self.arguments(store))
            run.expect(
                1, naming: "\(store.study): No zip is made of the study", "Failed, in whole or in part: 1 series\n",
                "same command again")
            #expect(!store.zipNames.contains("\(store.study).zip"))
            store.server.clearScripts()
            store.server.clearLog()
            try await CommandRun.cod(Self.arguments(store)).expect(0, naming: "had been saved before", "1 study zipped")
            #expect(store.server.log.filter(\.isArchiveRead).allSatisfy { $0.objectName == bad.archiveName })
            try await store.expectZipped()
        }
    }

    @Test("With --zip-partial it holds what is saved, and INCOMPLETE.txt; a whole one takes its place")
    func partial() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            try await CommandRun.cod(Self.arguments(store, "--zip-partial")).expect(
                1, naming: "1 zip not complete: INCOMPLETE.txt")
            let found = try await UnpackedZip.files(in: store.zipPath)
            #expect(String(decoding: found["INCOMPLETE.txt"] ?? Data(), as: UTF8.self).contains(bad.id.series))
            store.server.clearScripts()
            store.server.clearLog()
            try await CommandRun.cod(Self.arguments(store, "--zip-partial")).expect(0)
            #expect(store.server.log.filter(\.isArchiveRead).allSatisfy { $0.objectName == bad.archiveName })
            try await store.expectZipped()
        }
    }

    @Test("Where nothing is saved there is no zip, and the exit code is that of the cause")
    func nothing() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .requests { $0.isArchiveRead }, faults: [], thenAlways: .status(403))
            try await CommandRun.cod(Self.arguments(store)).expect(77)
            #expect(store.zipNames.isEmpty)
        }
    }

    @Test("With a date it gives the bytes that --zip gives")
    func sameBytes() async throws {
        try await ServedStore.with { store in
            try await store.zip("--zip-date", "2026-01-31").expect(0)
            let zipped = try Data(contentsOf: URL(fileURLWithPath: store.zipPath))
            try FileManager.default.removeItem(atPath: store.scratch.path("zips"))
            try await CommandRun.cod(Self.arguments(store, "--zip-date", "2026-01-31")).expect(0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: store.zipPath)) == zipped)
        }
    }

    @Test("Killed when an instance is saved, or stopped in mid-archive, it goes on from there", arguments: [true, false])
    func stopped(isKilled: Bool) async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let last = try #require(store.written.series.max { $0.archiveName < $1.archiveName })
            let gate = LoopbackStore.Gate()
            store.server.script(
                matching: .object(name: last.archiveName),
                faults: [.stall(afterByteCount: last.archiveByteCount / 2, until: gate)])
            let (run, _) = try await CommandRun.cod(
                Self.arguments(store, "--jobs", "1"), stoppedBy: isKilled ? SIGKILL : SIGINT
            ) { await gate.arrival() }
            #expect(run.exitCode == (isKilled ? SIGKILL : 130))
            #expect(!store.zipNames.contains("\(store.study).zip"))
            store.server.clearLog()
            try await CommandRun.cod(Self.arguments(store)).expect(0, naming: "had been saved before")
            #expect(store.server.log.filter(\.isArchiveRead).allSatisfy { $0.objectName == last.archiveName })
            try await store.expectZipped()
        }
    }

    @Test("A folder in the way of a zip is found out before anything is fetched")
    func inTheWay() async throws {
        try await ServedStore.with { store in
            try FileManager.default.createDirectory(atPath: store.zipPath, withIntermediateDirectories: true)
            try await CommandRun.cod(Self.arguments(store)).expect(73, naming: store.zipPath)
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test("From the environment: a folder for files is passed over, and what the command line says goes first")
    func environment() async throws {
        try await ServedStore.with { store in
            let environment = [
                "COD_ZIP_ONLY": "1", "COD_ZIP_DIR": store.scratch.path("zips"), "COD_OUTPUT": store.scratch.path("out"),
            ]
            let arguments = ["download", store.link, store.study, "--endpoint", store.endpoint]
            try await CommandRun.cod(arguments, environment: environment).expect(0, naming: "1 study zipped")
            #expect(try store.scratch.files(in: "out").isEmpty)
            try await store.expectZipped()
            try await CommandRun.cod(arguments + ["--zip"], environment: environment).expect(0, naming: "1 study zipped")
            #expect(try store.scratch.files(in: "out") == store.files())
            let both = try await CommandRun.cod(arguments, environment: environment.merging(["COD_ZIP": "1"]) { $1 })
            both.expect(64, naming: "contradict", "From the environment: COD_ZIP, COD_ZIP_ONLY.")
        }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite(
    "cod verify of zips names what is not as it was saved; the command that made them makes that anew", .timeLimit(.minutes(5)))
struct ZipVerifyTests {
    private static func events(_ run: CommandRun, _ name: String) throws -> [[String: Any]] {
        try run.objects().filter { $0["event"] as? String == name }
    }

    /// What a zip's entries are like, and which command made it.
    struct Case: CustomTestStringConvertible {
        let isZipOnly: Bool
        let isStored: Bool

        var testDescription: String { "\(isZipOnly ? "--zip-only" : "--zip"), \(isStored ? "stored" : "deflated")" }

        static let all = [false, true].flatMap { isZipOnly in [false, true].map { Case(isZipOnly: isZipOnly, isStored: $0) } }

        func arguments(_ store: ServedStore) -> [String] {
            guard isZipOnly else { return store.zipArguments() }
            return [
                "download", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir",
                store.scratch.path("zips"),
            ]
        }
    }

    @Test(
        "A changed bit is named by its instance, with exit code 1; the command that made the zip fetches that instance alone, or nothing",
        arguments: Case.all)
    func damage(example: Case) async throws {
        try await ServedStore.with(payload: example.isStored ? .noise(byteCount: 100_000) : .phantom) { store in
            let arguments = example.arguments(store)
            (try await CommandRun.cod(arguments)).expect(0)
            let zip = store.zipPath
            let count = UnpackedZip.expected(of: store.study, in: try store.files()).count
            let whole = try await CommandRun.cod(["verify", zip, store.study, "--json"])
            whole.expect(0, naming: "Verified \(count) instances", " in \(zip) in ", "all whole")
            #expect(try whole.objects().first?["event"] as? String == "plan" && whole.objects().first?["schema"] as? Int == 1)
            let end = try #require(try whole.objects().last)
            #expect(end["event"] as? String == "complete" && end["verified"] as? Int == count && end["failed"] as? Int == 0)
            #expect(try whole.objects().first?["bytes"] as? Int == end["bytes"] as? Int)
            #expect(store.zipNames == ["\(store.study).zip"])

            let changed = try changeOneEntry(of: zip, in: store, isStored: example.isStored)
            let run = try await CommandRun.cod(["verify", zip, "--json"])
            run.expect(1, naming: "damaged: \(zip)/\(changed): ", "1 damaged.", "Run the command that made")
            let finding = try #require(try Self.events(run, "finding").first)
            #expect(try Self.events(run, "finding").count == 1 && finding["kind"] as? String == "damaged")
            #expect(finding["path"] as? String == "\(zip)/\(changed)" && finding["study"] as? String == store.study)
            let parts = changed.split(separator: "/").map(String.init)
            #expect(finding["series"] as? String == parts[0] && finding["instance"] as? String == "\(parts[2].dropLast(4))")
            #expect((finding["expected"] as? [String: Any])?["crc32c"] != nil)
            #expect((finding["recovery"] as? String)?.contains("makes anew what is damaged, and that alone") == true)
            #expect(try run.objects().last?["damaged"] as? Int == 1)
            #expect(store.zipNames == [".\(store.study).zip.damaged", "\(store.study).zip"])
            (try await CommandRun.cod(["verify", zip, "-q"])).expect(1, naming: "damaged: ")

            let size = try #require(UnpackedZip.expected(of: store.study, in: try store.files())[changed]?.count)
            if example.isZipOnly { try await expectMissing(size, in: store) }
            store.server.clearLog()
            let mending = try await CommandRun.cod(arguments)
            mending.expect(0, naming: "1 study zipped in")
            let reads = store.server.log.filter(\.isArchiveRead)
            if example.isZipOnly {
                mending.expect(0, naming: "Saved 1 instance", "An entry of \(zip) does not count")
                #expect(reads.count == 1 && reads.allSatisfy { $0.objectName?.contains(parts[0]) == true && $0.range != nil })
                #expect(
                    (Int64(size)...Int64(size) + 4096).contains(store.archiveByteCount),
                    "\(store.archiveByteCount) bytes of \(size)")
            } else {
                #expect(reads.isEmpty)
            }
            try await store.expectZipped()
            let again = try await CommandRun.cod(["verify", zip, "-q"])
            again.expect(0)
            #expect(again.everything.isEmpty)
        }
    }

    /// Expects of `cod stats --zip-only` that so many bytes, of one instance, are not saved.
    private func expectMissing(_ byteCount: Int, in store: ServedStore) async throws {
        let run = try await CommandRun.cod([
            "stats", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir", store.scratch.path("zips"),
            "--json",
        ])
        run.expect(0)
        let stats = try #require(try run.objects().first)
        let (total, saved) = (stats["totalSizeBytes"] as? Int ?? 0, stats["totalSavedSizeBytes"] as? Int ?? 0)
        #expect(total - saved == byteCount && (stats["items"] as? [String])?.count == 1)
    }

    @Test("A download that is killed while it mends loses neither the old zip nor what it fetched")
    func killedWhileMending() async throws {
        try await ServedStore.with { store in
            let arguments = Case(isZipOnly: true, isStored: false).arguments(store)
            (try await CommandRun.cod(arguments)).expect(0)
            let changed = try changeOneEntry(of: store.zipPath, in: store)
            (try await CommandRun.cod(["verify", store.zipPath])).expect(1)
            let before = try Data(contentsOf: URL(fileURLWithPath: store.zipPath))
            let mark = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("zips/.\(store.study).zip.damaged")))
            let archive = try #require(store.written.series.first { changed.hasPrefix($0.id.series) })
            let gate = LoopbackStore.Gate()
            store.server.script(
                matching: .object(name: archive.archiveName), faults: [.stall(afterByteCount: 600, until: gate)])
            let (run, _) = try await CommandRun.cod(arguments, stoppedBy: SIGKILL) { await gate.arrival() }
            #expect(run.exitCode == SIGKILL)
            #expect(try Data(contentsOf: URL(fileURLWithPath: store.zipPath)) == before)
            store.server.clearLog()
            (try await CommandRun.cod(arguments)).expect(0, naming: "Saved 1 instance")
            try await store.expectZipped()
            // As if it had been killed between the new name and the end of the mark.
            try mark.write(to: URL(fileURLWithPath: store.scratch.path("zips/.\(store.study).zip.damaged")))
            store.server.clearLog()
            (try await CommandRun.cod(arguments)).expect(0, naming: "Nothing is missing.")
            #expect(store.archiveByteCount == 0)
            try await store.expectZipped()
        }
    }

    @Test("Where the folder may not be written to the finding says so, and it is no error", .enabled(if: Unprivileged.isPossible))
    func readOnly() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            (try await store.zip()).expect(0)
            let changed = try changeOneEntry(of: store.zipPath, in: store)
            let folder = store.scratch.path("zips")
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: store.scratch.root)
            let run = try await Unprivileged.cod(["verify", store.zipPath])
            run.expect(
                1, naming: "damaged: \(store.zipPath)/\(changed): ",
                "could not be noted beside the zip (Permission denied). Delete the zip")
            #expect(store.zipNames == ["\(store.study).zip"])
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        }
    }

    @Test("Without a directory that can be read all of it is made anew", arguments: [false, true])
    func cutOff(isZipOnly: Bool) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let arguments = Case(isZipOnly: isZipOnly, isStored: false).arguments(store)
            (try await CommandRun.cod(arguments)).expect(0)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: store.zipPath))
            try bytes.dropLast(50).write(to: URL(fileURLWithPath: store.zipPath))
            let run = try await CommandRun.cod(["verify", store.zipPath])
            run.expect(1, naming: "damaged: \(store.zipPath): This is no whole zip", "it is made anew")
            #expect(store.zipNames == ["\(store.study).zip"])
            (try await CommandRun.cod(arguments)).expect(0)
            try await store.expectZipped()
            (try await CommandRun.cod(["verify", store.zipPath])).expect(0)
        }
    }

    @Test("A zip and its mark in a folder of files are none of the verification of that folder")
    func besideFiles() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            (try await store.zip()).expect(0)
            let zip = store.scratch.path("out/\(store.study).zip")
            try FileManager.default.copyItem(atPath: store.zipPath, toPath: zip)
            _ = try changeOneEntry(of: zip, in: store)
            (try await CommandRun.cod(["verify", zip])).expect(1)
            let run = try await CommandRun.cod(["verify", store.scratch.path("out")])
            run.expect(0, naming: "all whole")
            #expect(!run.errors.contains("unknown"))
        }
    }

    @Test("Several zips are one verification: 1 for what is damaged or not there, 64 where nothing can be read, 66 for no study")
    func several() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            try await store.zip().expect(0)
            let zip = store.zipPath
            let count = UnpackedZip.expected(of: store.study, in: try store.files()).count
            func path(_ name: String) -> String { store.scratch.path(name) }
            try FileManager.default.copyItem(atPath: zip, toPath: path("1.2.9.zip"))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: zip))
            try bytes.dropLast().write(to: URL(fileURLWithPath: path("cut.zip")))
            try (Data([0x50, 0x4B, 5, 6]) + Data(count: 18)).write(to: URL(fileURLWithPath: path("empty.zip")))

            let both = try await CommandRun.cod(["verify", zip, path("1.2.9.zip"), zip, "--json"])
            both.expect(0, naming: "Verified \(2 * count) instances")
            for name in ["plan", "complete"] { #expect(try Self.events(both, name).count == 1) }
            let bad = try await CommandRun.cod(["verify", zip, path("cut.zip"), path("nowhere.zip"), path("empty.zip")])
            bad.expect(
                1, naming: "damaged: \(path("cut.zip")): This is no whole zip", "missing: \(path("nowhere.zip")): ",
                "unknown: \(path("empty.zip")): ", "Verified \(count) instances", "1 missing, 1 damaged.")
            (try await CommandRun.cod(["verify", path("cut.zip")])).expect(1, naming: "no whole zip")

            (try await CommandRun.cod(["verify", zip, path("1.2.9.zip"), "1.2.9"])).expect(
                0, naming: "Verified \(count) instances", "in \(path("1.2.9.zip"))")
            (try await CommandRun.cod(["verify", zip, "1.2.9", store.study])).expect(
                1, naming: "1.2.9: None of", "1 study not there")
            for (arguments, code, words) in [
                ([path("nowhere.zip")], 64 as Int32, "No such file"), ([path("empty.zip")], 64, "holds nothing that cod saved"),
                ([zip, "1.2.9"], 66, "1.2.9"), ([zip, "../x"], 64, "is no study"),
                ([path("zips")], 64, "\(path("zips"))/*.zip"),
            ] {
                let run = try await CommandRun.cod(["verify", "--json"] + arguments)
                run.expect(code, naming: words)
                #expect(try run.objects().compactMap { $0["event"] as? String } == ["error", "complete"])
            }
        }
    }

    @Test("A folder that is called like a zip is a folder")
    func folder() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            try await store.zip(output: "out.zip").expect(0)
            (try await CommandRun.cod(["verify", store.scratch.path("out.zip")])).expect(0, naming: "all whole")
        }
    }

    @Test("Of a zip of a part of a study it is told that something is missing")
    func incomplete() async throws {
        let scratch = try Scratch()
        let text = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w') as archive:
                archive.writestr('4.5/instances/1.dcm', 'one')
                archive.writestr('INCOMPLETE.txt', 'Of the study 1.2.3 something is missing.')
            """
        let made = try await CommandRun.run("/usr/bin/env", ["python3", "-c", text, scratch.path("1.2.3.zip")])
        #expect(made.exitCode == 0)
        let run = try await CommandRun.cod(["verify", scratch.path("1.2.3.zip")])
        run.expect(1, naming: "missing: \(scratch.path("1.2.3.zip"))/INCOMPLETE.txt: ", "Verified 1 instance", "1 missing.")
    }

    /// Changes a bit in the middle of the data of an instance of the first series in a zip, which must be kept so; answers the entry's
    /// name.
    private func changeOneEntry(of zip: String, in store: ServedStore, isStored: Bool = false) throws -> String {
        let series = store.written.series[0]
        let wanted = "\(series.id.series)/instances/\(series.instances[1].uid).dcm"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: zip)))
        func number(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        var offset = 0
        while number(offset, 4) == 0x0403_4B50 {
            let (byteCount, nameCount, extraCount) = (number(offset + 18, 4), number(offset + 26, 2), number(offset + 28, 2))
            let start = offset + 30 + nameCount + extraCount
            if bytes[offset + 30..<offset + 30 + nameCount].elementsEqual(wanted.utf8) {
                #expect(number(offset + 8, 2) == (isStored ? 0 : 8))
                bytes[start + byteCount / 2] ^= 1
                try Data(bytes).write(to: URL(fileURLWithPath: zip))
                return wanted
            }
            offset = start + byteCount
        }
        Issue.record("\(wanted) is not in the zip.")
        return wanted
    }
}

import CodTesting
import Foundation
import Testing

@Suite("cod verify of zips names what is not as it was saved; removed, the same command makes it anew", .timeLimit(.minutes(5)))
struct ZipVerifyTests {
    private static func events(_ run: CommandRun, _ name: String) throws -> [[String: Any]] {
        try run.objects().filter { $0["event"] as? String == name }
    }

    @Test("A changed bit is named by its instance, with exit code 1; the zip made anew is whole", arguments: [false, true])
    func damage(isZipOnly: Bool) async throws {
        try await ServedStore.with { store in
            let arguments =
                isZipOnly
                ? [
                    "download", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir",
                    store.scratch.path("zips"),
                ] : store.zipArguments()
            (try await CommandRun.cod(arguments)).expect(0)
            let zip = store.zipPath
            let count = UnpackedZip.expected(of: store.study, in: try store.files()).count
            let whole = try await CommandRun.cod(["verify", zip, store.study, "--json"])
            whole.expect(0, naming: "Verified \(count) instances", " in \(zip) in ", "all whole")
            #expect(try whole.objects().first?["event"] as? String == "plan" && whole.objects().first?["schema"] as? Int == 1)
            let end = try #require(try whole.objects().last)
            #expect(end["event"] as? String == "complete" && end["verified"] as? Int == count && end["failed"] as? Int == 0)
            #expect(try whole.objects().first?["bytes"] as? Int == end["bytes"] as? Int)

            let changed = try changeOneEntry(of: zip)
            let run = try await CommandRun.cod(["verify", zip, "--json"])
            run.expect(1, naming: "damaged: \(zip)/\(changed): ", "1 damaged.", "Delete what is damaged")
            let finding = try #require(try Self.events(run, "finding").first)
            #expect(try Self.events(run, "finding").count == 1 && finding["kind"] as? String == "damaged")
            #expect(finding["path"] as? String == "\(zip)/\(changed)" && finding["study"] as? String == store.study)
            let parts = changed.split(separator: "/").map(String.init)
            #expect(finding["series"] as? String == parts[0] && finding["instance"] as? String == "\(parts[2].dropLast(4))")
            #expect((finding["expected"] as? [String: Any])?["crc32c"] != nil && finding["recovery"] != nil)
            #expect(try run.objects().last?["damaged"] as? Int == 1)
            (try await CommandRun.cod(["verify", zip, "-q"])).expect(1, naming: "damaged: ")

            try FileManager.default.removeItem(atPath: zip)
            (try await CommandRun.cod(arguments)).expect(0)
            let again = try await CommandRun.cod(["verify", zip, "-q"])
            again.expect(0)
            #expect(again.everything.isEmpty)
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

    /// Changes a bit in the middle of the data of the first instance in a zip; answers the entry's name.
    private func changeOneEntry(of zip: String) throws -> String {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: zip)))
        func number(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        let (byteCount, nameCount, extraCount) = (number(18, 4), number(26, 2), number(28, 2))
        bytes[30 + nameCount + extraCount + byteCount / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: zip))
        return String(decoding: bytes[30..<30 + nameCount], as: UTF8.self)
    }
}

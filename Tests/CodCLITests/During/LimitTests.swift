import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Limits: bytes a second, and bytes a run")
struct LimitTests {
    @Test(
        "An amount that is none ends with 64, names it and shows one; nothing is fetched",
        arguments: ["--limit-rate", "--max-bytes"], ["0", "-1", "1e99", "20 MB/s", "", "20Mbit", "lots"])
    func mistakes(flag: String, value: String) async throws {
        try await ServedStore.with(seriesCount: 1, instancesPerSeries: 1) { store in
            let example = flag == "--limit-rate" ? "20M" : "50G"
            (try await ResumeTests.download(store, [flag, value])).expect(64, naming: "\(flag) is \"\(value)\"", example)
            if !value.isEmpty {
                let name = "COD_" + flag.dropFirst(2).uppercased().replacing("-", with: "_")
                let run = try await CommandRun.cod(["download", store.link, store.study], environment: [name: value])
                run.expect(64, naming: "\(flag) is \"\(value)\"", name)
            }
            #expect(store.server.log.isEmpty)
        }
    }

    @Test("A rate of a few bytes was meant otherwise")
    func lowRate() async throws {
        let run = try await CommandRun.cod(["download", "gs://b", "-o", "out", "--limit-rate", "20"])
        run.expect(64, naming: "--limit-rate is \"20\"", "20 B a second", "20M")
    }

    @Test("A run at a limited rate saves everything, over http and from a folder", arguments: [false, true])
    func rate(isFolder: Bool) async throws {
        try await ServedStore.with { store in
            let source = isFolder ? [store.folder] : [store.link, "--endpoint", store.endpoint]
            let start = ContinuousClock.now
            let run = try await CommandRun.cod(
                ["download"] + source + ["-o", store.scratch.path("out"), "--limit-rate", "60k", "--timeout", "2"])
            let duration = ContinuousClock.now - start
            run.expect(0, naming: "Saved 13 instances", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            // A bound from below, which no busy machine can miss: less than a tenth of a second may be made up for.
            let byteCount = store.written.series.reduce(0) { $0 + $1.archiveByteCount }
            #expect(duration > .seconds(Double(byteCount) / 60_000 - 0.2))
        }
    }

    @Test("Run after run fetches no more than the limit, names what is left, and ends with 1 until all is there")
    func maximum() async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            let expected = try store.files()
            let limit: Int64 = 20_000
            var runCount = 0
            var run = try await ResumeTests.download(store, ["--max-bytes", "20k", "--json"])
            while run.exitCode == 1, runCount < 50 {
                run.expect(
                    1, naming: "The run fetches 20 kB at most", "Run the same command again", "The limit of bytes ended it")
                let events = try run.objects()
                let errors = events.filter { $0["event"] as? String == "error" }.compactMap { $0["error"] as? [String: Any] }
                #expect(errors.compactMap { $0["code"] as? String } == ["limitReached"])
                let end = try #require(events.last)
                let counts = ["saved", "skipped", "failed"].compactMap { end[$0] as? Int }
                #expect(counts.count == 3 && counts.reduce(0, +) == expected.count && counts[2] > 0 && counts[0] > 0)
                #expect(store.archiveByteCount > 0 && store.archiveByteCount <= limit)
                for (path, bytes) in try store.scratch.files(in: "out") { #expect(expected[path] == bytes, "\(path)") }
                store.server.clearLog()
                runCount += 1
                run = try await ResumeTests.download(store, ["--max-bytes", "20k", "--json"])
            }
            run.expect(0)
            #expect(runCount > 1 && store.archiveByteCount <= limit)
            #expect(try store.scratch.files(in: "out") == expected)
        }
    }

    @Test("A limit that nothing fits into fetches nothing, and says what would")
    func tooLow() async throws {
        try await ServedStore.with { store in
            let run = try await ResumeTests.download(store, ["--max-bytes", "100"])
            run.expect(1, naming: "The run fetches 100 B at most", "Give a limit of", "bytes at least")
            #expect(store.archiveByteCount == 0)
        }
    }

    @Test(
        "Of a study that a limit cuts no zip is made that looks whole; the run that completes it makes it",
        arguments: ["--zip", "--zip-only"])
    func zip(flag: String) async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            var arguments = [
                "download", store.link, store.study, flag, "--zip-dir", store.scratch.path("zips"), "--endpoint", store.endpoint,
            ]
            if flag == "--zip" { arguments += ["-o", store.scratch.path("out")] }
            let report = store.scratch.path("run.json")
            (try await CommandRun.cod(arguments + ["--max-bytes", "30k", "--report", report])).expect(
                1, naming: "30 kB at most", "No zip is made of the study yet", "Run the same command again to go on")
            let record = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report))) as? [String: Any]
            #expect(record?["outcome"] as? String == "limited", "\(record ?? [:])")
            let zip = store.scratch.path("zips/\(store.study).zip")
            #expect(!FileManager.default.fileExists(atPath: zip))
            (try await CommandRun.cod(arguments)).expect(0, naming: "1 study zipped")
            #expect(FileManager.default.fileExists(atPath: zip))
        }
    }

    @Test("A dry run tells studies, bytes, files, room and where to, knows the limits, and fetches nothing")
    func dryRun() async throws {
        try await ServedStore.with { store in
            let run = try await ResumeTests.download(store, ["--dry-run", "--max-bytes", "20k", "--limit-rate", "1k"])
            run.expect(
                0, naming: "Nothing was fetched. Without --dry-run it would be saved to",
                "To save: ", " in 1 study, ", "are free there", "One run fetches 20 kB at most", "At that rate")
            // What the limit leaves for later is not to be saved by this run.
            let limited = try await ResumeTests.download(store, ["--dry-run", "--json", "--max-bytes", "20k"])
            let part = try #require(try limited.objects().first?["room"] as? [String: Any])
            let instanceCount = try #require(part["instances"] as? Int)
            #expect(0 < instanceCount && instanceCount < 13 && part["files"] as? Int == instanceCount)
            #expect((part["bytesToSave"] as? Int ?? .max) <= 20_000 && (part["bytesToTransfer"] as? Int ?? .max) <= 20_000)
            let json = try await ResumeTests.download(store, ["--dry-run", "--json"])
            let object = try #require(try json.objects().first)
            #expect(json.lines.count == 1 && object["event"] as? String == "plan" && object["stats"] != nil)
            let room = try #require(object["room"] as? [String: Any])
            #expect(room["files"] as? Int == 13 && room["instances"] as? Int == 13 && room["fits"] as? Bool == true)
            #expect((room["freeBytes"] as? Int ?? 0) > 0 && room["maxBytes"] == nil && room["leastSeconds"] == nil)
            #expect(store.archiveByteCount == 0 && !FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }
}

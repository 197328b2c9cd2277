import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A study of which something failed has no zip, or one that says so")
struct ZipPartialTests {
    @Test("It has none: the cause is told once, and what it means for the zip; the next run, without the fault, makes it")
    func refused() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            let run = try await store.zip("--json")
            run.expect(
                1,
                naming:
                    "\(store.study): No zip is made of the study: 1 of its \(store.written.series.count) series failed (forbidden).",
                "--zip-partial", "Failed, in whole or in part: 1 series\n", "Run the same command again")
            let errors = try run.objects().filter { $0["event"] as? String == "error" }.compactMap {
                $0["error"] as? [String: Any]
            }
            #expect(errors.map { $0["code"] as? String } == ["forbidden", "refused"])
            #expect(errors.last?["study"] as? String == store.study && errors.last?["series"] == nil)
            #expect(try !run.objects().contains { $0["event"] as? String == "archive" } && store.zipNames.isEmpty)

            store.server.clearScripts()
            try await store.zip().expect(0, naming: "1 study zipped")
            try await store.expectZipped()
        }
    }

    @Test("With --zip-partial it holds what is saved, and INCOMPLETE.txt; the exit code stays 1; a whole one takes its place")
    func partial() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            for _ in 0..<2 {
                let run = try await store.zip("--zip-partial", "--json")
                run.expect(
                    1, naming: "1 study zipped in", "1 zip not complete: INCOMPLETE.txt",
                    "Failed, in whole or in part: 1 series\n")
                #expect(!run.errors.contains("No zip is made"))
                #expect(try run.objects().count { $0["event"] as? String == "archive" } == 1)
            }
            var found = try await UnpackedZip.files(in: store.zipPath)
            let report = String(decoding: found.removeValue(forKey: "INCOMPLETE.txt") ?? Data(), as: UTF8.self)
            #expect(report.contains("of series \(bad.id.series): ") && report.contains("[forbidden]"))
            #expect(!report.contains(ServedStore.token))
            let saved = try store.files().filter { !$0.key.contains(bad.id.series) }
            #expect(found == UnpackedZip.expected(of: store.study, in: saved))

            store.server.clearScripts()
            try await store.zip("--zip-partial").expect(0, naming: "1 study zipped")
            try await store.expectZipped()
        }
    }

    @Test("An instance that fails its checksum is in no zip, and is named in a partial one")
    func instance() async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            let series = store.written.series[0]
            let hit = series.instances[2]
            store.server.script(
                matching: .object(name: series.archiveName), faults: [],
                thenAlways: .corrupt(atByte: try #require(hit.byteOffset) + 300))
            try await store.zip().expect(1, naming: "No zip is made of the study", "(checksumMismatch)")
            #expect(store.zipNames.isEmpty)
            try await store.zip("--zip-partial").expect(1, naming: "1 zip not complete")
            let found = try await UnpackedZip.files(in: store.zipPath)
            let name = "\(series.id.series)/instances/\(hit.uid).dcm"
            #expect(try found[name] == nil && found.count == store.files().count)
            #expect(String(decoding: found["INCOMPLETE.txt"] ?? Data(), as: UTF8.self).contains("\(name): "))
        }
    }

    @Test("Where nothing is saved there is no zip, and the exit code is that of the cause", arguments: [true, false])
    func nothing(isPartial: Bool) async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .requests { $0.isArchiveRead }, faults: [], thenAlways: .status(403))
            let run = try await store.zip(isPartial ? "--zip-partial" : "--zip")
            run.expect(77)
            #expect(store.zipNames.isEmpty && !run.errors.contains("zipped") && !run.errors.contains("No zip"))
        }
    }

    @Test("A saved file that has changed fails the zip by name, and nothing is left of it")
    func changedOnDisk() async throws {
        try await ServedStore.with { store in
            try await ResumeTests.download(store).expect(0)
            let path = try #require(try store.files().keys.min())
            let file = store.scratch.path("out/\(path)")
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: file))
            let run = try await store.zip()
            run.expect(1, naming: "\(file) no longer holds what was saved", "delete the file")
            #expect(store.zipNames.isEmpty)
            try FileManager.default.removeItem(atPath: file)
            try await store.zip().expect(0)
            try await store.expectZipped()
        }
    }
}

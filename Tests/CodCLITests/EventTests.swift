import CodCore
import CodTesting
import Foundation
import Testing

@Suite("cod download --json prints the contract's events")
struct EventTests {
    @Test("Every event has its fields; plan first, complete last and once; per archive progress, download, extract in order")
    func events() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--json",
            ])
            #expect(run.exitCode == 0, "\(run.errors)")
            let events = try run.objects()
            let names = events.compactMap { $0["event"] as? String }
            #expect(names.count == events.count)
            #expect(names.first == "plan" && events.first?["schema"] as? Int == 1 && events.first?["stats"] != nil)
            #expect(names.last == "complete" && names.count { $0 == "complete" } == 1 && names.count { $0 == "plan" } == 1)

            let urls = Set(events.compactMap { $0["url"] as? String })
            #expect(urls.count == store.written.series.count)
            for url in urls {
                let own = events.filter { $0["url"] as? String == url }
                let order = own.compactMap { $0["event"] as? String }.filter { $0 != "save" }
                #expect(order.last == "extract" && order.dropLast().last == "download" && order.contains("progress"))
                let progress = own.filter { $0["event"] as? String == "progress" }
                let sum = progress.reduce(0) { $0 + ($1["bytesDownloaded"] as? Int ?? 0) }
                #expect(sum == progress.last?["bytesReceived"] as? Int && sum == progress.last?["bytesTotal"] as? Int)
                let download = try #require(own.first { $0["event"] as? String == "download" })
                #expect(download["size"] is Int && download["seconds"] is NSNumber && download["retries"] as? Int == 0)
                let extract = try #require(own.first { $0["event"] as? String == "extract" })
                let files = try #require(extract["files"] as? [[String: Any]])
                #expect(files.allSatisfy { ($0["name"] as? String)?.hasSuffix(".dcm") == true && $0["size"] is Int })
            }
            let saves = events.filter { $0["event"] as? String == "save" }.compactMap { $0["file"] as? [String: Any] }
            let checksums = Dictionary(
                uniqueKeysWithValues: store.written.instances.map { ("\($0.uid).dcm", $0.checksum.description) })
            #expect(saves.count == 13)
            for file in saves {
                let name = try #require(file["name"] as? String)
                #expect(file["crc32c"] as? String == checksums[name])
                let path = try #require(file["path"] as? String)
                #expect(FileManager.default.fileExists(atPath: store.scratch.path("out/\(path)")) && file["size"] is Int)
            }
            let complete = try #require(events.last)
            #expect((complete["files"] as? [[String: Any]])?.count == store.written.series.count)
            for (field, count) in ["saved": 13, "skipped": 0, "failed": 0, "verified": 13] {
                #expect(complete[field] as? Int == count)
            }
        }
    }

    @Test("Progress comes to what the plan said, to the byte: at once, over connections that break, and of what is missing")
    func progressTotal() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let arguments = [
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--json",
            ]
            func expectAll() async throws {
                let run = try await CommandRun.cod(arguments)
                #expect(run.exitCode == 0, "\(run.errors)")
                let events = try run.objects()
                let stats = try #require(events.first?["stats"] as? [String: Any])
                let total = try #require(stats["transferSizeBytes"] as? Int)
                let progress = events.filter { $0["event"] as? String == "progress" }
                #expect(total > 0 && progress.reduce(0) { $0 + ($1["bytesDownloaded"] as? Int ?? 0) } == total)
            }
            try await expectAll()
            let lost = try #require(try store.files().keys.min())
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(lost)"))
            try await expectAll()

            try FileManager.default.removeItem(atPath: store.scratch.path("out"))
            store.server.script(
                matching: .requests(where: \.isArchiveRead),
                faults: [.close(afterByteCount: 3000), .resetBeforeHead, .status(503)])
            try await expectAll()
            #expect(store.server.pendingFaultCount == 0)
        }
    }

    @Test("A failure is an error event with code, message and series, and the run goes on to complete")
    func failure() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--json",
            ])
            #expect(run.exitCode == 1 && run.errors.contains(bad.id.series), "\(run.errors)")
            let events = try run.objects()
            let failure = try #require(events.first { $0["event"] as? String == "error" })
            let error = try #require(failure["error"] as? [String: Any])
            #expect(error["series"] as? String == bad.id.series && error["code"] as? String == "forbidden")
            #expect(error["message"] is String && failure["url"] is String)
            #expect(events.last?["event"] as? String == "complete" && events.last?["saved"] as? Int == 13 - bad.instances.count)
        }
    }

    @Test("Without a plan there is still an error and a complete")
    func withoutPlan() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod([
                "download", "gs://test-bucket/dicomweb", store.study, "-o", store.scratch.path("out"), "--endpoint",
                store.endpoint, "--json",
            ])
            #expect(run.exitCode == 77)
            #expect(try run.objects().compactMap { $0["event"] as? String } == ["error", "complete"])
        }
    }
}

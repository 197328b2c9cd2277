import CodCore
import CodTesting
import Foundation
import Testing

@testable import CodCLI

@Suite("The account of a run is whole JSON, whatever became of the run")
struct ReportTests {
    private static func record(_ store: ServedStore) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("run.json")))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func download(
        _ store: ServedStore, _ more: String..., arguments: [String] = []
    ) async throws -> CommandRun {
        try await ResumeTests.download(store, ["--report", store.scratch.path("run.json")] + more + arguments)
    }

    @Test("A run that saves all: counts, bytes, and a row for each series; the next replaces it")
    func complete() async throws {
        try await ServedStore.with { store in
            (try await Self.download(store)).expect(0)
            let files = try store.files()
            var record = try Self.record(store)
            #expect(record["schema"] as? Int == 1 && record["outcome"] as? String == "complete")
            #expect(record["saved"] as? Int == files.count && record["verified"] as? Int == files.count)
            #expect(record["savedBytes"] as? Int == files.values.reduce(0) { $0 + $1.count })
            #expect(record["bytesReceived"] as? Int64 == store.archiveByteCount && record["retries"] as? Int == 0)
            #expect(record["failed"] as? Int == 0 && (record["failures"] as? [Any])?.isEmpty == true)
            let studies = try #require(record["studies"] as? [[String: Any]])
            let rows = studies.compactMap { $0["series"] as? [[String: Any]] }.flatMap(\.self)
            #expect(studies.count == 1 && rows.count == 4 && rows.reduce(0) { $0 + ($1["saved"] as? Int ?? 0) } == files.count)

            (try await Self.download(store)).expect(0)
            record = try Self.record(store)
            #expect(record["saved"] as? Int == 0 && record["skipped"] as? Int == files.count)
            let left = try FileManager.default.contentsOfDirectory(atPath: store.scratch.root).filter { $0.contains("partial") }
            #expect(left.isEmpty)
        }
    }

    @Test("A run of which something fails names it and its cause, and counts what was asked for again")
    func incomplete() async throws {
        try await ServedStore.with { store in
            let (bad, broken) = (store.written.series[1], store.written.series[2])
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            store.server.script(matching: .object(name: broken.archiveName), faults: [.resetBeforeHead])
            (try await Self.download(store)).expect(1, naming: "Failed, in whole or in part: 1 series\n", "1 request made again")
            let record = try Self.record(store)
            #expect(record["outcome"] as? String == "incomplete" && record["retries"] as? Int == 1)
            #expect(record["failed"] as? Int == bad.instances.count)
            let failures = try #require(record["failures"] as? [[String: Any]])
            #expect(failures.compactMap { $0["series"] as? String } == [bad.id.series])
            let causes = try #require(record["causes"] as? [[String: Any]])
            #expect(causes.count == 1 && causes[0]["code"] as? String == "forbidden" && causes[0]["count"] as? Int == 1)
        }
    }

    @Test("However many series fail, each is named with its cause, and the names that the report has fetch these and no others")
    func fedBack() async throws {
        try await ServedStore.with(seriesCount: 22, instancesPerSeries: 1) { store in
            let bad = store.written.series.prefix(RunSummary.mostPlaceCount + 1)
            for series in bad {
                store.server.script(matching: .object(name: series.archiveName), faults: [], thenAlways: .status(403))
            }
            let run = try await Self.download(store)
            run.expect(1, naming: bad.map { "cod: \($0.id): Access to gs://test-bucket/\($0.archiveName) was refused" })
            run.expect(
                1, naming: "Failed, in whole or in part: \(bad.count) series\n",
                "  and 1 more: each is named with its cause in \(store.scratch.path("run.json"))")
            let failures = try #require(try Self.record(store)["failures"] as? [[String: Any]])
            #expect(failures.allSatisfy { $0["code"] as? String == "forbidden" && $0["study"] as? String == store.study })
            let names = failures.compactMap { $0["series"] as? String }
            #expect(names.sorted() == bad.map(\.id.series).sorted())

            store.server.clearScripts()
            store.server.clearLog()
            let again = try await Self.download(store, arguments: names.flatMap { ["--series", $0] })
            again.expect(0, naming: "all verified")
            let fetched = store.server.log.filter(\.isArchiveRead).compactMap(\.objectName)
            #expect(fetched.sorted() == bad.map(\.archiveName).sorted())
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(try Self.record(store)["outcome"] as? String == "complete")
        }
    }

    @Test("It is written when there is no plan, too, and when a limit ends the run")
    func noPlan() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod([
                "download", "gs://\(store.bucket)/dicomweb", store.study, "-o", store.scratch.path("out"), "--endpoint",
                store.endpoint, "--report", store.scratch.path("run.json"),
            ])
            run.expect(77)
            var record = try Self.record(store)
            #expect(record["outcome"] as? String == "stopped")
            #expect((record["interruption"] as? [String: Any])?["code"] as? String == "unauthorized")

            (try await Self.download(store, "--max-bytes", "20k")).expect(1)
            record = try Self.record(store)
            #expect(record["outcome"] as? String == "limited" && (record["leftOut"] as? Int ?? 0) > 0)
        }
    }

    @Test("A place where it cannot be is found out before anything is asked for")
    func mistakes() async throws {
        try await ServedStore.with(seriesCount: 1, instancesPerSeries: 1) { store in
            for (path, word) in [
                ("-", "name of a file"), ("", "name of a file"), ("/nowhere/run.json", "cannot be written"),
                (store.scratch.root, "is a folder"),
            ] {
                (try await ResumeTests.download(store, ["--report", path])).expect(
                    64, naming: "--report", path.isEmpty ? "\"\"" : path, word)
            }
            #expect(store.server.log.isEmpty)
        }
    }
}

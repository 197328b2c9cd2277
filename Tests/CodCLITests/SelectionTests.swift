import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Flags choose what is fetched and how")
struct SelectionTests {
    static func download(_ store: ServedStore, _ more: [String]) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint] + more)
    }

    @Test("--series takes those series alone")
    func series() async throws {
        try await ServedStore.with { store in
            let chosen = Set(store.written.series.prefix(2).map(\.id.series))
            let run = try await Self.download(store, chosen.flatMap { ["--series", $0] })
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == store.files(in: chosen))
        }
    }

    @Test("--instance takes those instances alone, and little of the archive beside")
    func instance() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let chosen = store.written.series[1].instances[7]
            let run = try await Self.download(store, ["--instance", chosen.uid])
            #expect(run.exitCode == 0, "\(run.errors)")
            let files = try store.scratch.files(in: "out")
            #expect(files.count == 1)
            #expect(try files == store.files().filter { $0.key.hasSuffix("/\(chosen.uid).dcm") })
            #expect(store.archiveByteCount <= chosen.byteCount + 64 << 10)
        }
    }

    @Test("--modality takes the series of that modality alone")
    func modality() async throws {
        try await ServedStore.with { store in
            let run = try await Self.download(store, ["--modality", "US"])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out").count == 1)
        }
    }

    @Test("What is chosen and does not exist is named, and is a failure", arguments: ["--series", "--instance"])
    func unknown(flag: String) async throws {
        try await ServedStore.with { store in
            let known = flag == "--series" ? store.written.series[0].id.series : store.written.instances[0].uid
            let run = try await Self.download(store, [flag, known, flag, "9.9.9"])
            #expect(run.exitCode == 1 && run.errors.contains("9.9.9"), "\(run.errors)")
            #expect(try !store.scratch.files(in: "out").isEmpty)
        }
    }

    @Test("--jobs bounds the connections for archives", arguments: [1, 2])
    func jobs(count: Int) async throws {
        try await ServedStore.with(seriesCount: 8) { store in
            // Slow enough that more would be seen.
            var rules = store.server.rules
            rules.bytesPerSecond = 200_000
            store.server.rules = rules
            let run = try await Self.download(store, ["--jobs", "\(count)"])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(store.server.traffic.peakArchiveReadCount == count)
        }
    }

    @Test("--dry-run says what there is to fetch, fetches no archive and writes nothing", arguments: [true, false])
    func dryRun(isJSON: Bool) async throws {
        try await ServedStore.with { store in
            let run = try await Self.download(store, ["--dry-run"] + (isJSON ? ["--json"] : []))
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(store.archiveByteCount == 0)
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
            if isJSON {
                let stats = try run.objects().first?["stats"] as? [String: Any]
                #expect(stats?["instanceCount"] as? Int == 13)
            } else {
                #expect(run.output.contains("13 instances"))
            }
        }
    }

    @Test("-q says nothing when all goes well")
    func quiet() async throws {
        try await ServedStore.with { store in
            let run = try await Self.download(store, ["-q"])
            #expect(run.exitCode == 0 && run.everything.isEmpty, "\(run.everything)")
        }
    }
}

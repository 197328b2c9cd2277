import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What the metadata does not list stays in a zip, as the archive has it", .timeLimit(.minutes(5)))
struct ZipConfirmationTests {
    /// Smaller than the room that is looked at, and larger.
    private static let byteCounts = [400, 30_000]

    private func mustSave(_ series: UnlistedSeries, _ run: CommandRun) async throws {
        run.expect(0, naming: "1 study zipped")
        #expect(try await series.saved(.zip) == series.expected())
    }

    @Test("Who repeats a download with --zip keeps it, and who deletes the zip gets it again", arguments: byteCounts)
    func zippedAgain(byteCount: Int) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store, unlistedByteCount: byteCount)
            for _ in 0..<2 {
                try await mustSave(series, series.fetch(.folder, "--zip", "--zip-dir", store.scratch.path("zips")))
            }
            try FileManager.default.removeItem(atPath: store.zipPath)
            store.server.clearLog()
            try await mustSave(series, series.fetch(.folder, "--zip", "--zip-dir", store.scratch.path("zips")))
            #expect(store.reads(of: series.written).isEmpty)
        }
    }

    @Test("Who repeats a download with --zip-only keeps it", arguments: byteCounts)
    func fetchedAgain(byteCount: Int) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store, unlistedByteCount: byteCount)
            for _ in 0..<3 { try await mustSave(series, series.fetch(.zip)) }
        }
    }

    @Test("Damaged in the zip, it is named by cod verify and made anew by the next run", arguments: byteCounts)
    func damaged(byteCount: Int) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store, unlistedByteCount: byteCount)
            try await mustSave(series, series.fetch(.zip, "--zip-level", "0"))
            var bytes = try Data(contentsOf: URL(fileURLWithPath: store.zipPath))
            let place = try #require(bytes.range(of: Data(series.unlisted.bytes)) as Range<Int>?)
            bytes[place.lowerBound + byteCount / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: store.zipPath))
            let finding = "damaged: \(store.zipPath)/\(series.written.id.series)/\(series.unlisted.name)"
            (try await CommandRun.cod(["verify", store.zipPath])).expect(1, naming: finding, "1 damaged.")
            try await mustSave(series, series.fetch(.zip))
            (try await CommandRun.cod(["verify", store.zipPath])).expect(0)
            (try await series.fetch(.zip)).expect(0, naming: "Nothing is missing")
        }
    }

    @Test(
        "A run for another series that goes on where one was ended takes nothing over that nobody had compared",
        arguments: [SIGKILL, SIGINT])
    func narrower(signal: Int32) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store, omitsChecksums: true)
            // The first instance comes with another byte, and the archive never ends, so that nobody compares it.
            let first = try #require(series.written.instances[0].byteOffset) + 100
            let gate = LoopbackStore.Gate()
            store.server.script(
                matching: .object(name: series.written.archiveName),
                faults: [.all([.corrupt(atByte: first), .stall(afterByteCount: series.place, until: gate)])])
            let (run, _) = try await CommandRun.cod(series.arguments(.zip) + ["--jobs", "1"], stoppedBy: signal) {
                await gate.arrival()
            }
            #expect(run.exitCode == (signal == SIGKILL ? SIGKILL : 130))
            let other = try #require(store.written.series.first).id.series
            (try await series.fetch(.zip, "--series", other)).expect(0, naming: "1 study zipped")
            #expect(try await series.saved(.zip).isEmpty)
            try await mustSave(series, series.fetch(.zip))
        }
    }
}

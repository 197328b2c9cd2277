import Foundation
import Testing

@Suite("cod verify of a zip can be stopped, and holds little, whatever is in it", .timeLimit(.minutes(10)))
struct ZipVerifyLimitTests {
    private static let isLargeWanted = ProcessInfo.processInfo.environment["COD_ZIP_LARGE"] == "1"

    @Test(
        "SIGINT ends it with 130, SIGTERM with 143, in the middle of an entry, and nothing is left", arguments: [SIGINT, SIGTERM])
    func stopped(signal: Int32) async throws {
        let scratch = try Scratch()
        let zip = scratch.path("zips/1.2.3.zip")
        try FileManager.default.createDirectory(atPath: scratch.path("zips"), withIntermediateDirectories: true)
        // More than any machine unpacks meanwhile.
        try await SparseZip.write(to: zip, mebibyteCount: 32 << 10, saying: 33 << 30)
        let (identifiers, started) = AsyncStream<Int32>.makeStream()
        let (stops, stopping) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let pipe = LinePipe { _, line in if line.contains("\"event\":\"progress\"") { stopping.yield() } }
        async let ending = CommandRun.run(CommandRun.binary, ["verify", zip, "--json"]) { process in
            started.yield(process.processIdentifier)
            started.finish()
        } configure: { process in
            process.standardOutput = pipe.writing
        }
        for await identifier in identifiers {
            for await _ in stops { break }
            kill(identifier, signal)
        }
        let run = try await ending
        await pipe.end()
        run.expect(128 + signal, naming: "Interrupted: the rest was not looked at.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("zips")) == ["1.2.3.zip"])
    }

    @Test("An entry that unpacks to 64 GiB and says 1000 bytes is damaged, and costs neither time nor memory")
    func bomb() async throws {
        let scratch = try Scratch()
        let zip = scratch.path("1.2.3.zip")
        try await SparseZip.write(to: zip, mebibyteCount: 64 << 10, saying: 1000)
        let run = try await CommandRun.cod(["verify", zip, "--json"])
        run.expect(1, naming: "unpacks to more than the 1000 bytes", "1 damaged.")
        #expect(try (run.objects().last?["bytes"] as? Int).map { $0 <= 64 << 10 } == true)
        if let peak = run.peakMemory { #expect(peak < 64 << 20, "\(peak) bytes") }
    }

    @Test("An entry of 5 GiB is read in less than 64 MiB. With COD_ZIP_LARGE=1", .enabled(if: isLargeWanted))
    func large() async throws {
        let scratch = try Scratch()
        let zip = scratch.path("1.2.3.zip")
        try await SparseZip.write(to: zip, mebibyteCount: 5 << 10)
        let run = try await CommandRun.cod(["verify", zip])
        run.expect(0, naming: "all whole")
        if let peak = run.peakMemory { #expect(peak < 64 << 20, "\(peak) bytes") }
    }
}

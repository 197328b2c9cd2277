import CodCore
import CodTesting
import Foundation
import Testing

@Suite("The log file has all that is said, with times, and no token")
struct LogFileTests {
    private static func lines(_ store: ServedStore) throws -> [String] {
        try String(contentsOfFile: store.scratch.path("cod.log"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func download(_ store: ServedStore, _ more: String...) async throws -> CommandRun {
        try await ResumeTests.download(store, ["--log-file", store.scratch.path("cod.log")] + more)
    }

    @Test("More than the terminal shows, each line with time and level; appended; for its owner alone")
    func content() async throws {
        try await ServedStore.with { store in
            let broken = store.written.series[1]
            store.server.script(matching: .object(name: broken.archiveName), faults: [.resetBeforeHead])
            let run = try await Self.download(store)
            run.expect(0, naming: "all verified")
            #expect(!run.errors.contains("Trying again"))
            let first = try Self.lines(store)
            let form = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info|notice|warning|error|critical) .+/#
            #expect(first.allSatisfy { $0.wholeMatch(of: form) != nil }, "\(first)")
            #expect(first.contains { $0.contains(" info ") && $0.contains("Trying again") })
            #expect(first.contains { $0.contains("Saved 13 instances") })
            let attributes = try FileManager.default.attributesOfItem(atPath: store.scratch.path("cod.log"))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)

            (try await Self.download(store, "--log-level", "notice")).expect(0)
            let both = try Self.lines(store)
            #expect(Array(both.prefix(first.count)) == first && both.count > first.count)
            #expect(both.dropFirst(first.count).allSatisfy { !$0.contains(" debug ") && !$0.contains(" info ") })
            #expect(both.contains { $0.contains("Nothing is missing") })
        }
    }

    @Test("What fails is in it, a quiet run's too, and a token in the wrong place is not", arguments: [[], ["-q"]])
    func failures(more: [String]) async throws {
        try await ServedStore.with { store in
            store.server.script(
                matching: .object(name: store.written.series[1].archiveName), faults: [],
                thenAlways: .status(403, body: "token=\(ServedStore.token)"))
            let arguments = ["--log-file", store.scratch.path("cod.log"), "--log-level", "trace"] + more
            (try await ResumeTests.download(store, arguments)).expect(1)
            #expect(try Self.lines(store).contains { $0.contains(store.written.series[1].id.series) })
        }
    }

    @Test(
        "One that cannot be written is an error of usage; one that fails later is a notice",
        arguments: ["", "-", "/nowhere/cod.log", "/"])
    func mistakes(path: String) async throws {
        try await ServedStore.with(seriesCount: 1, instancesPerSeries: 1) { store in
            (try await ResumeTests.download(store, ["--log-file", path])).expect(64, naming: "--log-file")
            #expect(store.server.log.isEmpty)
        }
    }

    @Test(
        "A disk that is full costs the log, and nothing else", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func full() async throws {
        try await ServedStore.with { store in
            let run = try await ResumeTests.download(store, ["--log-file", "/dev/full"])
            run.expect(0, naming: "The log /dev/full cannot be written any more", "all verified")
            #expect(run.errors.ranges(of: "/dev/full").count == 1)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }
}

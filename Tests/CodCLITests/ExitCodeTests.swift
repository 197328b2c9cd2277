import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Every exit code has its cause, its words and its way out")
struct ExitCodeTests {
    static func download(
        _ store: ServedStore, source: String? = nil, studies: [String]? = nil, output: String = "out", _ more: String...
    ) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", source ?? store.link] + (studies ?? [store.study])
                + ["-o", store.scratch.path(output), "--endpoint", store.endpoint] + more)
    }

    // MARK: 66

    @Test("66: none of the studies exists; each is named", arguments: [true, false])
    func noSuchStudy(isFolder: Bool) async throws {
        try await ServedStore.with { store in
            let source = isFolder ? store.folder : store.link
            let unknown = ["9.9.1", "9.9.2", "9.9.3"]
            for command in ["stats", "download"] {
                let run = try await CommandRun.cod(
                    [command, source] + unknown + ["-o", store.scratch.path("out"), "--endpoint", store.endpoint])
                run.expect(66, naming: unknown + ["Check the identifier", "dicomweb"])
            }
            let dry = try await Self.download(store, source: source, studies: unknown, "--dry-run")
            dry.expect(66, naming: unknown)
        }
    }

    @Test("1: one study of several does not exist; it is named, and the others are saved", arguments: [true, false])
    func oneUnknownStudy(isFolder: Bool) async throws {
        try await ServedStore.with { store in
            let source = isFolder ? store.folder : store.link
            let run = try await Self.download(store, source: source, studies: ["9.9.1", store.study])
            run.expect(1, naming: "The study 9.9.1 is not in", "Check the identifier", "1 study\n  9.9.1")
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    // MARK: 69

    @Test("69: nobody listens at the endpoint; it is named, and soon given up")
    func refusedPort() async throws {
        let scratch = try Scratch()
        let link = "https://portal.example/b?token=\(ServedStore.token)"
        for command in ["stats", "download"] {
            let run = try await CommandRun.cod([
                command, link, "1.2", "1.3", "-o", scratch.path("out"), "--endpoint", "http://127.0.0.1:1",
            ])
            run.expect(69, naming: "127.0.0.1:1", "refused", "It was tried 3 times", "Check the network and the storage endpoint")
        }
    }

    @Test("69: nobody listens where a plan that was made elsewhere is to be run: soon given up, too")
    func refusedPortOfPlan() async throws {
        try await ServedStore.with { store in
            let plan = store.scratch.path("plan.jsonl")
            let made = try await CommandRun.cod(["plan", store.link, store.study, "--endpoint", store.endpoint])
            made.expect(0)
            try made.output.write(toFile: plan, atomically: true, encoding: .utf8)
            let run = try await CommandRun.cod(
                ["run", plan, "-o", store.scratch.path("out"), "--endpoint", "http://127.0.0.1:1"],
                environment: ["COD_TOKEN": ServedStore.token])
            run.expect(69, naming: "127.0.0.1:1", "refused", "It was tried 3 times", "Check the network and the storage endpoint")
        }
    }

    @Test("69: the endpoint's name is not known", .timeLimit(.minutes(5)))
    func unknownHost() async throws {
        let run = try await CommandRun.cod(["stats", "gs://b", "1.2", "--endpoint", "http://nonexistent.invalid"])
        run.expect(69, naming: "nonexistent.invalid", "Check the name")
    }

    // MARK: 73

    @Test(
        "73: the output cannot be written, which is found out before an archive byte is fetched",
        arguments: ["file", "file/below", "with-log"])
    func outputUnusable(output: String) async throws {
        try await ServedStore.with { store in
            try "mine".write(toFile: store.scratch.path("file"), atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(
                atPath: store.scratch.path("with-log/log.json"), withIntermediateDirectories: true)
            let run = try await Self.download(store, output: output)
            run.expect(73, naming: store.scratch.path(output), "choose another folder")
            #expect(!store.server.log.contains { $0.isArchiveRead })
            #expect(try String(contentsOfFile: store.scratch.path("file"), encoding: .utf8) == "mine")
            #expect(try store.scratch.files(in: "with-log").isEmpty)
        }
    }

    // MARK: 74

    @Test("74: the disk fills up in mid-run; what is saved is whole, and the cause is named", .enabled(if: TinyDisk.isPossible))
    func diskFull() async throws {
        try await ServedStore.with(instancesPerSeries: 40) { store in
            let arguments = [
                "download", store.link, store.study, "-o", "\(TinyDisk.mount)/out", "--endpoint", store.endpoint, "--jobs", "1",
                "--no-space-check",
            ]
            let (run, kept) = try await TinyDisk.run(arguments, byteCount: 256 << 10, copyingTo: store.scratch)
            run.expect(74, naming: "\(TinyDisk.mount)/out", "No space left", "Free some space", "same command")
            let expected = try store.files()
            #expect(!kept.isEmpty && kept.count < expected.count)
            for (path, bytes) in kept { #expect(expected[path] == bytes, "\(path) is not whole") }
        }
    }

    @Test(
        "74: results that cannot be written are not lost in silence; a reader that has gone has read enough",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func resultsLost() async throws {
        try await ServedStore.with { store in
            let stats = ["sh", CommandRun.binary, "stats", store.folder, "--json"]
            let full = try await CommandRun.run("/bin/sh", ["-c", "exec \"$@\" > /dev/full"] + stats)
            full.expect(74, naming: "standard output", "No space left", "Free some space")
            let gone = try await CommandRun.run("/bin/sh", ["-c", "{ \"$@\"; echo $? >&2; } | true"] + stats)
            gone.expect(0, naming: "0\n")
        }
    }

    // MARK: 77

    @Test("77: no token, and a wrong one; the way to one is named")
    func token() async throws {
        try await ServedStore.with { store in
            let none = try await Self.download(store, source: "gs://test-bucket/dicomweb")
            none.expect(77, naming: store.study, "none were given", "--token-file", "COD_TOKEN")
            let wrong = "wrong-\(ServedStore.token)-wrong"
            let refused = try await Self.download(store, source: "https://portal.example/test-bucket?token=\(wrong)")
            refused.expect(
                77, naming: store.study, "refused",
                "it is wrong or has expired. The server says: “Invalid Credentials”. Get a new link", "same command")
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
            let noFile = try await Self.download(store, "--token-file", store.scratch.path("no-token"))
            noFile.expect(77, naming: store.scratch.path("no-token"), "No such file", "Write the token")
        }
    }

    @Test("77: the listing is forbidden")
    func forbiddenListing() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .list, faults: [], thenAlways: .status(403))
            let run = try await Self.download(store)
            run.expect(77, naming: store.study, "refused", "check the bucket and prefix")
        }
    }

    // MARK: 1

    @Test(
        "1: one archive cannot be had; the series is named with the cause, and the others are saved",
        arguments: [
            ("403", "refused"), ("404", "not in the store"), ("replaced", "has changed since it was listed"),
            ("damaged", "crc32c"),
        ])
    func oneArchiveFails(fault: String, cause: String) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            let lost = bad.instances[2]
            let original = try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\(bad.archiveName)"))
            let always: LoopbackStore.Fault =
                switch fault {
                case "replaced": .overwrite([UInt8](repeating: UInt8(ascii: "x"), count: original.count))
                case "damaged": .corrupt(atByte: try #require(lost.byteOffset) + 500)
                default: .status(Int(fault) ?? 0)
                }
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: always)
            let run = try await Self.download(store)
            run.expect(1, naming: bad.id.description, cause, "1 series\n  \(bad.id)", "Run the same command again")
            // What did come whole of the bad series is kept.
            let expected = try store.files()
            let others = expected.filter { !$0.key.hasPrefix("\(bad.id)/") }
            let saved = try store.scratch.files(in: "out")
            #expect(saved.filter { !$0.key.hasPrefix("\(bad.id)/") } == others)
            for (path, bytes) in saved { #expect(expected[path] == bytes) }
            if fault == "damaged" { #expect(saved.count == expected.count - 1 && run.errors.contains(lost.uid)) }
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: saved))

            store.server.clearScripts()
            try store.server.overwrite(bad.archiveName, original)
            store.server.clearLog()
            let again = try await Self.download(store)
            again.expect(0)
            #expect(try store.scratch.files(in: "out") == expected)
            // Only of what failed is anything fetched again.
            #expect(store.server.log.filter(\.isArchiveRead).allSatisfy { $0.objectName == bad.archiveName })
        }
    }

    @Test("-q says what failed, by name, and nothing else")
    func quiet() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(403))
            let run = try await Self.download(store, "-q")
            run.expect(1, naming: "cod: \(bad.id): Access to ")
            #expect(run.output.isEmpty && run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test("0: connections that break now and then lose nothing")
    func brokenConnections() async throws {
        try await ServedStore.with { store in
            store.server.script(
                matching: .requests(where: \.isArchiveRead),
                faults: [.close(afterByteCount: 3000), .resetBeforeHead, .status(503)])
            let run = try await Self.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files() && store.server.pendingFaultCount == 0)
        }
    }

    @Test("1: one metadata.json cannot be had; the series is named, and the others are saved", arguments: [403, 404])
    func oneMetadataFails(status: Int) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.metadataName), faults: [], thenAlways: .status(status))
            let run = try await Self.download(store)
            run.expect(1, naming: bad.id.description, "Run the same command again")
            let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
            #expect(try store.scratch.files(in: "out") == others)
        }
    }
}

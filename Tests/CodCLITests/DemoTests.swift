import Foundation
import Testing

@Suite("cod demo, sample and serve: the main job on this machine alone", .timeLimit(.minutes(5)))
struct DemoTests {
    @Test("demo saves and verifies a study, shows it as a tree, and says so in the last line; a second run fetches nothing")
    func demo() async throws {
        let scratch = try Scratch()
        let first = try await CommandRun.cod(["demo", "-o", scratch.path("out")])
        first.expect(
            0, naming: "three CT series and an ultrasound cine", "http://127.0.0.1:", "Saved 73 instances", "all verified")
        #expect(first.lines.first == "\(scratch.path("out"))/")
        #expect(first.lines.last == "All 73 instances of 4 series are saved and verified.")
        #expect(first.lines.count { $0.hasSuffix("/instances/") } == 4 && first.lines.count { $0.hasSuffix("  verified") } == 10)
        let files = try scratch.files(in: "out")
        #expect(files.count == 73 && files.values.allSatisfy { $0.dropFirst(128).starts(with: Data("DICM".utf8)) })
        #expect(try scratch.log(in: "out").count == 73)

        let second = try await CommandRun.cod(["demo", "-o", scratch.path("out")])
        second.expect(0, naming: "73 instances had been saved before", "Nothing is missing")
        #expect(!second.errors.contains("Saved"))
        #expect(second.lines.last == "All 73 instances of 4 series were there already; nothing was fetched.")
        #expect(try scratch.files(in: "out") == files)
    }

    @Test("demo -q prints the tree and the verdict alone; another seed is another study")
    func quietDemo() async throws {
        let scratch = try Scratch()
        let run = try await CommandRun.cod(["demo", "-q", "--seed", "42", "-o", "out"], folder: scratch.root)
        run.expect(0)
        #expect(run.errors.isEmpty && run.lines.first == "out/" && run.lines.last?.contains("saved and verified") == true)
        let other = try await CommandRun.cod(["demo", "-q", "--seed", "43", "-o", "out"], folder: scratch.root)
        #expect(Set(run.lines).intersection(other.lines).filter { $0.contains(".dcm") }.isEmpty)
        #expect(try scratch.files(in: "out").count == 146)
    }

    @Test(
        "sample writes a store, serve serves it, stats and download get at it; Ctrl-C ends serve with 130, SIGTERM with 143",
        arguments: [SIGINT, SIGTERM])
    func sampleAndServe(signal: Int32) async throws {
        let scratch = try Scratch()
        let sample = try await CommandRun.cod(
            [
                "sample", "store", "--study-count", "2", "--series-count", "2", "--instance-count", "3", "--size", "32",
                "--multi-frame",
            ],
            folder: scratch.root)
        sample.expect(0, naming: "Wrote 3 series, 7 instances")
        let studies = sample.lines
        #expect(studies.count == 2 && Set(studies).count == 2)

        let served = try await ServeRun.cod(
            [
                scratch.path("store"), "--require-token", ServedStore.token, "--page-size", "2", "--bucket", "mine", "--prefix",
                "a/b", "-v",
            ], stoppedBy: signal
        ) { server in
            #expect(server.endpoint.wholeMatch(of: #/http:\/\/127\.0\.0\.1:\d+/#) != nil)
            let environment = ["COD_TOKEN": ServedStore.token, "COD_ENDPOINT": server.endpoint]
            let stats = try await CommandRun.cod(["stats", "gs://mine/a/b"], environment: environment, folder: scratch.root)
            stats.expect(0)
            #expect(stats.output.contains("6 series, 14 instances"))
            // What sample printed is a list of studies.
            let run = try await CommandRun.cod(
                ["download", "gs://mine/a/b", "--studies-from", "-", "-o", "out"], environment: environment, input: sample.output,
                folder: scratch.root)
            run.expect(0, naming: "Saved 14 instances", "all verified")
            let refused = try await CommandRun.cod(
                ["stats", "gs://mine/a/b"], environment: ["COD_ENDPOINT": server.endpoint], folder: scratch.root)
            refused.expect(77)
            let folder = try await CommandRun.cod(["download", "store", "-o", "copy"], folder: scratch.root)
            folder.expect(0)
        }
        served.expect(128 + signal, naming: "as gs://mine/a/b", "Ctrl-C", "with the token in COD_TOKEN", "→ 200", "→ 401")
        #expect(try scratch.files(in: "out") == scratch.files(in: "copy"))
        #expect(Set(try scratch.files(in: "out").keys.map { $0.prefix { $0 != "/" } }) == Set(studies.map { $0[...] }))
    }

    @Test("serve says when its port is taken, and ends")
    func portTaken() async throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path("store"), withIntermediateDirectories: true)
        _ = try await ServeRun.cod([scratch.path("store"), "-q"]) { server in
            let port = try #require(server.endpoint.split(separator: ":").last.map(String.init))
            let second = try await CommandRun.cod(["serve", scratch.path("store"), "--port", port])
            second.expect(69, naming: "127.0.0.1:\(port): Address already in use.", "another port")
        }
    }

    @Test("The same seed gives the same bytes; hashed UIDs and 1.0 metadata are told apart by nobody who downloads")
    func sampleForms() async throws {
        let scratch = try Scratch()
        for (name, more) in [("one", []), ("two", []), ("old", ["--metadata-version", "1.0"]), ("hashed", ["--hashed"])] {
            let sample = try await CommandRun.cod(
                ["sample", name, "--instance-count", "2", "--size", "16"] + more, folder: scratch.root)
            sample.expect(0)
            let run = try await CommandRun.cod(["download", name, "-q", "-o", "out-\(name)"], folder: scratch.root)
            run.expect(0)
        }
        #expect(try scratch.files(in: "one") == scratch.files(in: "two"))
        let files = try scratch.files(in: "out-one")
        #expect(try files.count == 6 && scratch.files(in: "out-old") == files)
        let hashed = try scratch.files(in: "out-hashed")
        #expect(Set(hashed.values) == Set(files.values))
        #expect(hashed.keys.allSatisfy { $0.contains(#/^[0-9a-f]{64}\/[0-9a-f]{64}\/instances\/[0-9a-f]{64}\.dcm$/#) })
    }

    @Test("dcmdump reads what was saved without a complaint", .enabled(if: DCMTK.isInstalled))
    func dcmdump() async throws {
        let scratch = try Scratch()
        let demo = try await CommandRun.cod(["demo", "-q", "-o", "out"], folder: scratch.root)
        demo.expect(0)
        let files = try scratch.files(in: "out").keys.sorted()
        let dump = try await CommandRun.run("/usr/bin/env", ["dcmdump", "-q"] + files.map { scratch.path("out/\($0)") })
        #expect(dump.exitCode == 0 && dump.errors.isEmpty, "\(dump.errors.prefix(2000))")
        let verbose = try await CommandRun.run(
            "/usr/bin/env", ["dcmdump", "+P", "Modality"] + files.map { scratch.path("out/\($0)") })
        #expect(verbose.errors.isEmpty, "\(verbose.errors.prefix(2000))")
        #expect(verbose.lines.count { $0.contains("[CT]") } == 72 && verbose.lines.count { $0.contains("[US]") } == 1)
    }
}

/// The DICOM toolkit, where it is installed.
enum DCMTK {
    static let isInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/dcmdump") }
}

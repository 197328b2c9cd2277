import CodTesting
import Foundation
import Testing

@Suite("The token is nowhere but in the requests to the store")
struct CanaryTests {
    @Test("fault 56: a token is found wherever it was left: in a file, in a name, in a link, deep below the folder")
    func plantedToken() throws {
        let scratch = try Scratch()
        let files = FileManager.default
        try files.createDirectory(atPath: scratch.path("out/.cod/records"), withIntermediateDirectories: true)
        try files.createDirectory(atPath: scratch.path("store"), withIntermediateDirectories: true)
        let token = ServedStore.token
        try Data([0xFF, 0x00] + token.utf8 + [0x00]).write(to: URL(fileURLWithPath: scratch.path("out/.cod/records/1.txt")))
        try Data().write(to: URL(fileURLWithPath: scratch.path("out/x-\(token)-y")))
        try files.createSymbolicLink(atPath: scratch.path("out/link"), withDestinationPath: "/nowhere/\(token)")
        try Data(token.utf8).write(to: URL(fileURLWithPath: scratch.path("store/allowed")))
        try Data(token.dropLast().utf8).write(to: URL(fileURLWithPath: scratch.path("out/not-quite")))
        #expect(
            Canary.leaks(below: scratch.root, except: ["store"]) == ["out/.cod/records/1.txt", "out/link", "out/x-\(token)-y"])
    }

    @Test("fault 56: a token in the address of a request is found in the log of requests")
    func tokenInRequest() async throws {
        try await LoopbackStore.withStore(bucketName: "test-bucket") { store in
            for prefix in ["fine", "p-\(ServedStore.token)"] {
                // What is said of it names the prefix.
                let run = try await CommandRun.run(
                    "/bin/sh",
                    ["-c", "exec \"$@\" > /dev/null 2>&1", "sh", CommandRun.binary, "stats"]
                        + ["gs://test-bucket/\(prefix)", "1.2", "--endpoint", store.endpoint],
                    environment: ["COD_TOKEN": ServedStore.token])
                #expect(run.exitCode == 66)
            }
            #expect(store.log.count == 2 && Canary.leaks(in: store.log).count == 1)
        }
    }

    @Test(
        "fault 56: children that a process starts are noticed",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/stat")))
    func childProcess() throws {
        let (input, output, shell) = (Pipe(), Pipe(), Process())
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "echo none; read line; ls / > /dev/null; echo some; read line"]
        (shell.standardInput, shell.standardOutput) = (input, output)
        try shell.run()
        // The shell says when it has come so far, and then waits.
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "none\n")
        #expect(ProcessWatch.childPageCount(of: shell.processIdentifier) == 0)
        try input.fileHandleForWriting.write(contentsOf: Data("go on\n".utf8))
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "some\n")
        #expect(try #require(ProcessWatch.childPageCount(of: shell.processIdentifier)) > 0)
        try input.fileHandleForWriting.close()
        shell.waitUntilExit()
    }

    @Test(
        "fault 56: no output, log, state or temporary file holds the token, however much is said and whatever fails",
        arguments: ["link", "file", "environment"], ["well", "refused", "echoed"])
    func everyWay(origin: String, outcome: String) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            var environment: [String: String] = [:]
            var arguments = [
                "download", origin == "link" ? store.link : "gs://test-bucket/dicomweb", store.study, "-o",
                store.scratch.path("out"), "--endpoint", store.endpoint, "--log-level", "trace", "--json",
            ]
            switch origin {
            case "file":
                let path = store.scratch.path(Canary.tokenFileName)
                try "\(ServedStore.token)\n".write(toFile: path, atomically: true, encoding: .utf8)
                arguments += ["--token-file", path]
            case "environment": environment["COD_TOKEN"] = ServedStore.token
            default: break
            }
            let archive = try LoopbackStore.Match.object(name: store.largest.archiveName)
            switch outcome {
            case "refused": store.server.script(matching: archive, faults: [.expireToken])
            case "echoed":
                // A server that shows what it was sent.
                let page = "The request with Authorization: Bearer \(ServedStore.token) is refused."
                store.server.script(matching: archive, faults: [], thenAlways: .status(403, body: page))
            default: break
            }
            let run = try await CommandRun.cod(arguments, environment: environment)
            run.expect(["well": 0, "refused": 77, "echoed": 1][outcome] ?? -1)
            #expect(store.server.log.allSatisfy { $0.token == ServedStore.token })
        }
    }
}

import Foundation
import Testing

/// A command line that cannot be understood. `STORE` stands for a folder that holds a store, `TOKEN` for a token.
struct Mistake: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    /// What the message must name: the value, and the way out.
    let words: [String]

    init(_ arguments: String..., naming words: String...) {
        (self.arguments, self.words) = (arguments, words)
    }

    var testDescription: String { arguments.joined(separator: " ") }
}

@Suite("What cannot be understood ends with 64, names the value and the way out, and changes nothing")
struct UsageTests {
    @Test(
        "A source that is none",
        arguments: [
            Mistake("ftp://x/y", naming: "ftp://x/y", "\"ftp\"", "gs://BUCKET"),
            Mistake("https://p.example/b%zz?token=TOKEN", naming: "https://p.example/b%zz", "hex digits", "%25"),
            Mistake("https://p.example/b?token=a%zz", naming: "https://p.example/b", "its token", "hex digits"),
            Mistake("https://p.example?token=TOKEN", naming: "https://p.example", "bucket", "https://HOST/BUCKET"),
            Mistake("https://p.example/?token=TOKEN", naming: "https://p.example/", "bucket", "https://HOST/BUCKET"),
            Mistake("https:///b?token=TOKEN", naming: "https:///b", "no host"),
            Mistake("https://user:TOKEN@p.example/?x", naming: "p.example"),
            Mistake("gs://", naming: "gs://", "no bucket", "gs://BUCKET"),
            Mistake("gs:///prefix", naming: "gs:///prefix", "no bucket"),
            Mistake("gs://bucket/a?token=TOKEN", naming: "gs://bucket/a", "--token-file"),
            Mistake("gs://bu cket/a", naming: "bu cket", "characters"),
            Mistake("", naming: "is empty", "https://HOST/BUCKET"),
            Mistake("/nonexistent/folder", naming: "/nonexistent/folder", "there is none", "holds \"studies\""),
            Mistake("file:///nonexistent/folder", naming: "file:///nonexistent/folder", "there is none"),
            Mistake("file://host", naming: "file://host", "file:///FOLDER"),
            Mistake("list", naming: "\"list\"", "is none"),
            Mistake("other", naming: "\"other\"", "no folder \"studies\""),
            Mistake("STORE/studies", naming: "/studies", "give the folder that it lies in"),
        ])
    func source(mistake: Mistake) async throws {
        try await expectUsageError("stats", mistake.arguments + ["1.2"], naming: mistake.words)
        try await expectUsageError("download", mistake.arguments + ["1.2", "-o", "out"], naming: mistake.words)
    }

    @Test(
        "An identifier that is none",
        arguments: [
            Mistake("../x", naming: "\"../x\"", "0-9 A-Z a-z", "Study Instance UIDs"),
            Mistake("a/b", naming: "\"a/b\"", "0-9 A-Z a-z"),
            Mistake("..", naming: "\"..\"", "folder above"),
            Mistake(".cod", naming: "\".cod\"", "keeps that name"),
            Mistake("LOG.json", naming: "\"LOG.json\"", "keeps that name"),
            Mistake("", naming: "\"\"", "empty"),
            Mistake("ä", naming: "\"ä\"", "0-9 A-Z a-z"),
            Mistake(String(repeating: "7", count: 129), naming: "777", "129 characters", "128 are allowed"),
            Mistake("1.2", "--series", "../x", naming: "--series", "\"../x\"", "0-9 A-Z a-z"),
            Mistake("1.2", "--instance", "a/b", naming: "--instance", "\"a/b\"", "0-9 A-Z a-z"),
            Mistake("--studies-from", "bad-list", naming: "\"../up\"", "0-9 A-Z a-z"),
        ])
    func identifier(mistake: Mistake) async throws {
        try await expectUsageError("stats", ["STORE"] + mistake.arguments, naming: mistake.words)
        try await expectUsageError("download", ["STORE", "-o", "out"] + mistake.arguments, naming: mistake.words)
    }

    @Test(
        "A flag, or the value of one",
        arguments: [
            Mistake("--jobs", "0", naming: "--jobs is 0", "1 to 256"),
            Mistake("--jobs", "-1", naming: "--jobs is -1", "1 to 256"),
            Mistake("--jobs", "257", naming: "--jobs is 257", "1 to 256"),
            Mistake("--jobs", "abc", naming: "'abc'", "--jobs"),
            Mistake("-j", "99999999999999999999", naming: "'99999999999999999999'", "-j"),
            Mistake("--timeout", "0", naming: "--timeout is 0", "above 0"),
            Mistake("--timeout", "-1", naming: "--timeout is -1", "above 0"),
            Mistake("--timeout", "abc", naming: "'abc'", "--timeout"),
            Mistake("--timeout", "nan", naming: "--timeout is nan", "above 0"),
            Mistake("--timeout", "inf", naming: "--timeout is inf", "up to 86400"),
            Mistake("--retries", "-1", naming: "--retries is -1", "0 (try once)"),
            Mistake("--retries", "1000001", naming: "--retries is 1000001", "to 1000000"),
            Mistake("--retries", "often", naming: "'often'", "--retries"),
            Mistake("--bogus", naming: "--bogus", "cod download --help"),
            Mistake("-q", "-v", naming: "--quiet", "--verbose"),
            Mistake("--log-level", "loud", naming: "'loud'", "--log-level"),
            Mistake("--output", "", naming: "--output is empty", ". for the current one"),
            Mistake("--zip-level", "3", naming: "--zip-level", "give --zip, too"),
            Mistake("--zip-dir", "z", naming: "--zip-dir", "give --zip, too"),
            Mistake("--zip-partial", naming: "--zip-partial", "give --zip, too"),
            Mistake("--zip-date", "earliest", naming: "--zip-date", "give --zip, too"),
            Mistake("--zip", "--zip-only", naming: "--zip", "--zip-only", "contradict"),
            Mistake("--zip-only", naming: "--output", "give --zip-dir"),
            Mistake("--zip", "--zip-level", "12", naming: "--zip-level is 12", "0 (no compression) to 9"),
            Mistake("--zip", "--zip-level", "-1", naming: "--zip-level is -1", "0 (no compression) to 9"),
            Mistake("--zip", "--zip-level", "fast", naming: "'fast'", "--zip-level"),
            Mistake("--zip", "--zip-dir", "", naming: "--zip-dir is empty", ". for the current one"),
            Mistake("--zip", "--zip-dir", "gs://zips", naming: "--zip-dir gs://zips is no folder"),
            Mistake("--zip", "--zip-date", "yesterday", naming: "--zip-date is \"yesterday\"", "2026-01-31", "earliest"),
            Mistake("--endpoint", "htp://x y", naming: "htp://x y", "http://HOST:PORT"),
            Mistake("--endpoint", "http://h:99999", naming: "http://h:99999", "http://HOST:PORT"),
            Mistake("--endpoint", "", naming: "endpoint", "http://HOST:PORT"),
            Mistake("--modality", "", naming: "--modality", "is no modality", "--where"),
            Mistake("--modality", "C*", naming: "C*", "is no modality", "--where 'Modality=C*'"),
            Mistake("--studies-from", "missing", naming: "missing", "No such file", "Check the path"),
            Mistake("--studies-from", "other", naming: "other", "directory", "Check the path"),
            Mistake("--studies-from", "list", naming: "list", "names no study", "on each line"),
        ])
    func flag(mistake: Mistake) async throws {
        try await expectUsageError("download", ["gs://bucket", "-o", "out"] + mistake.arguments, naming: mistake.words)
    }

    @Test("A report that would take the place of the log")
    func reportAndLog() async throws {
        let scratch = try Scratch()
        let file = scratch.path("a.log")
        let run = try await CommandRun.cod([
            "download", "gs://bucket", "1.2", "-o", scratch.path("out"), "--report", file, "--log-file", scratch.path("./a.log"),
        ])
        run.expect(64, naming: "--report and --log-file are both", file, "two files")
        #expect(try !String(contentsOfFile: file, encoding: .utf8).contains("outcome"))
    }

    @Test("A command or a source that is missing")
    func missing() async throws {
        try await expectUsageError("fetch", [], naming: ["'fetch'", "cod --help"])
        try await expectUsageError("stats", [], naming: ["<source>", "cod stats --help"])
        try await expectUsageError("serve", ["--port", "-1", "STORE"], naming: ["--port is -1", "65535"])
        // What is meant for a token's place is not taken for a token.
        try await expectUsageError("stats", ["nowhere"], naming: ["?token=…), gs://BUCKET/PREFIX, or a folder"])
        try await expectUsageError("serve", ["nowhere"], naming: ["nowhere"])
        try await expectUsageError("sample", ["new", "--study-count", "0"], naming: ["--study-count is 0", "100000"])
        try await expectUsageError("sample", ["new", "--size", "-5"], naming: ["-5"])
    }

    @Test("A token is not sent over plain http to another machine, unless it may; the host is named")
    func insecure() async throws {
        let far = ["--endpoint", "http://192.0.2.1:9"]
        for command in ["stats", "download"] {
            let output = command == "download" ? ["-o", "out"] : []
            try await expectUsageError(
                command, ["https://p.example/b?token=TOKEN", "1.2"] + far + output,
                naming: ["http://192.0.2.1:9", "https", "--insecure"])
        }
        try await expectUsageError(
            "stats", ["gs://b", "1.2"] + far, environment: ["COD_TOKEN": ServedStore.token], naming: ["http://192.0.2.1:9"])
    }

    private func expectUsageError(
        _ command: String, _ arguments: [String], environment: [String: String] = [:], naming words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let scratch = try Scratch()
        for folder in ["store/studies", "other"] {
            try FileManager.default.createDirectory(atPath: scratch.path(folder), withIntermediateDirectories: true)
        }
        try "# no study\n\n".write(toFile: scratch.path("list"), atomically: true, encoding: .utf8)
        try "1.2.3\n../up\n".write(toFile: scratch.path("bad-list"), atomically: true, encoding: .utf8)
        let before = try scratch.entries()
        let filled = arguments.map { $0.replacing("STORE", with: "store").replacing("TOKEN", with: ServedStore.token) }
        let run = try await CommandRun.cod([command] + filled, environment: environment, folder: scratch.root)
        run.expect(64, naming: words, sourceLocation: sourceLocation)
        #expect(run.output.isEmpty, sourceLocation: sourceLocation)
        #expect(try scratch.entries() == before, sourceLocation: sourceLocation)
    }
}

import Foundation
import Testing

@testable import CodCLI

@Suite("A secret in the wrong place is not shown either")
struct SecrecyTests {
    static let secret = "canary-9b1e77"

    @Test(
        "Whatever quotes it, the secret is left out, and the command line is still told what was wrong",
        arguments: [
            ["stats", "gs://bucket", "1.2", "--endpoint", "https://h/b?token=\(secret)"],
            ["stats", "gs://bucket", "1.2", "--endpoint", "http://user:\(secret)@h/"],
            ["stats", "/", "https://h/b?token=\(secret)"],
            ["https://portal.example/bucket?token=\(secret)"],
            ["stats", "gs://bucket", "1.2", "--token-file", "ya29.\(secret)"],
            ["stats", "gs://bucket", "--studies-from", "https://h/b?token=\(secret)"],
            ["download", "gs://bucket", "1.2", "-o", "https://h/b?token=\(secret)"],
            ["download", "ftp://h/b?token=\(secret)", "1.2"],
            ["download", "gs://bucket?token=\(secret)", "1.2"],
            ["plan", "gs://bucket?token=\(secret)", "1.2"],
            ["run", "https://portal.example/bucket?token=\(secret)"],
            ["run", "plan.jsonl", "--shard", "token=\(secret)"],
        ])
    func misplaced(arguments: [String]) async throws {
        let scratch = try Scratch()
        let run = try await CommandRun.cod(arguments, folder: scratch.root)
        #expect(run.exitCode == 64 || run.exitCode == 77, "\(run.exitCode): \(run.errors)")
        #expect(!run.errors.isEmpty && !run.everything.contains(Self.secret), "\(run.everything)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.root).isEmpty)
    }

    @Test("The environment's endpoint is no exception")
    func environment() async throws {
        let run = try await CommandRun.cod(
            ["stats", "gs://bucket", "1.2"], environment: ["STORAGE_EMULATOR_HOST": "https://h/b?token=\(Self.secret)"])
        #expect(run.exitCode == 64 && !run.everything.contains(Self.secret), "\(run.everything)")
    }

    @Test(
        "Lines are cleaned of secrets and control characters, and left alone otherwise",
        arguments: [
            ("see ?token=abc&x=1", "see ?token=…&x=1"), ("access_token%3Dabc.", "access_token%3D…"),
            ("ya29.a-b_c said", "ya29.… said"), ("Bearer abcdefgh12", "Bearer …"), ("http://u:p@host/", "http://…@host/"),
            ("\u{1B}[31mred\r", "\\u{1b}[31mred\\u{d}"), ("two\nlines\tand é", "two\nlines\tand é"),
            ("the token is wrong", "the token is wrong"), ("?token=… is missing", "?token=… is missing"),
        ])
    func lines(line: String, shown: String) {
        #expect(Redaction.clean(line) == shown)
    }

    @Test("Results that cannot be written end with 74; a reader that has gone does not")
    func lostResults() async throws {
        try #require(FileManager.default.fileExists(atPath: "/bin/sh"))
        try await ServedStore.with { store in
            let cod = "'\(CommandRun.binary)' stats '\(store.folder)' --json"
            if FileManager.default.fileExists(atPath: "/dev/full") {
                let full = try await CommandRun.run("/bin/sh", ["-c", "\(cod) >/dev/full"])
                #expect(full.exitCode == 74 && full.errors.contains("standard output"), "\(full.errors)")
            }
            let closed = try await CommandRun.run("/bin/sh", ["-c", "\(cod) >&-"])
            #expect(closed.exitCode == 0, "\(closed.errors)")
            let gone = try await CommandRun.run("/bin/sh", ["-c", "{ \(cod); echo $? >&2; } | true"])
            #expect(gone.errors.contains("0"), "\(gone.errors)")
        }
    }
}

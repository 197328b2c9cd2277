import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Tokens come from a file, the environment or the link, and are never shown")
struct TokenTests {
    /// Runs stats with a token from each place; `nil` leaves the place out.
    static func stats(
        _ store: ServedStore, file: String?, environment: String?, link: String?
    ) async throws -> CommandRun {
        var arguments = ["stats", "https://portal.example/test-bucket\(link.map { "?token=\($0)" } ?? "")", store.study]
        arguments += ["--endpoint", store.endpoint]
        if let file {
            try file.write(toFile: store.scratch.path("token"), atomically: true, encoding: .utf8)
            arguments += ["--token-file", store.scratch.path("token")]
        }
        return try await CommandRun.cod(arguments, environment: environment.map { ["COD_TOKEN": $0] } ?? [:])
    }

    @Test("A file goes before the environment, the environment before the link")
    func precedence() async throws {
        try await ServedStore.with { store in
            let good = ServedStore.token
            for (file, environment, link, exitCode) in [
                ("\(good)\n", "bad", "bad", 0), (nil, good, "bad", 0), (nil, nil, good, 0), ("bad-1", good, good, 77),
                (nil, "bad-2", good, 77), (nil, nil, "bad-3", 77), (nil, nil, nil, 77),
            ] as [(String?, String?, String?, Int32)] {
                let run = try await Self.stats(store, file: file, environment: environment, link: link)
                #expect(run.exitCode == exitCode, "\(run.errors)")
                #expect(!run.everything.contains(good) && !run.everything.contains("bad-"))
                if exitCode == 77 { #expect(run.errors.contains("token")) }
            }
        }
    }

    @Test("Without a token no Authorization header is sent, not even an empty one")
    func anonymous() async throws {
        try await ServedStore.with { store in
            var rules = LoopbackStore.Rules()
            rules.pageLimit = 2
            store.server.rules = rules
            let run = try await Self.stats(store, file: nil, environment: nil, link: nil)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(!store.server.log.isEmpty && store.server.log.allSatisfy { $0.headers["authorization"] == nil })
        }
    }

    @Test("fault 15: a token file that was renewed is read again after a 401")
    func renewed() async throws {
        try await ServedStore.with { store in
            try "old".write(toFile: store.scratch.path("token"), atomically: true, encoding: .utf8)
            var rules = store.server.rules
            rules.acceptedTokens = ["old", ServedStore.token]
            store.server.rules = rules
            let gate = store.scratch.path("token")
            store.server.script(
                matching: .requests { request in
                    guard request.isArchiveRead, request.token == "old" else { return false }
                    // Somebody renews the file while the job runs.
                    try? ServedStore.token.write(toFile: gate, atomically: true, encoding: .utf8)
                    return true
                }, faults: [.expireToken, .expireToken, .expireToken, .expireToken])
            let run = try await CommandRun.cod([
                "download", "gs://test-bucket/dicomweb", store.study, "--token-file", store.scratch.path("token"),
                "--endpoint", store.endpoint, "-o", store.scratch.path("out"),
            ])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("fault 15: a token that expires between archives stops the job with 77; a new one fetches only what is missing")
    func expires() async throws {
        try await ServedStore.with { store in
            // One connection takes the archives in the order of their names.
            let archives = store.written.series.map(\.archiveName).sorted()
            store.server.script(
                matching: .requests { $0.isArchiveRead && $0.objectName == archives[2] },
                faults: [.expireToken])
            let arguments = [
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--jobs", "1",
            ]
            let first = try await CommandRun.cod(arguments)
            #expect(first.exitCode == 77 && first.errors.contains("same command"), "\(first.errors)")
            #expect(!first.everything.contains(ServedStore.token))
            let saved = try store.scratch.files(in: "out").count
            #expect(saved > 0 && saved < 13)
            let new = "\(ServedStore.token)-new"
            store.server.rules.acceptedTokens = [new]
            store.server.clearLog()
            let second = try await CommandRun.cod(arguments.map { $0.replacing(ServedStore.token, with: new) })
            #expect(second.exitCode == 0, "\(second.errors)")
            #expect(try store.scratch.files(in: "out") == store.files())
            let again = store.server.log.filter(\.isArchiveRead).compactMap(\.objectName)
            #expect(again == Array(archives[2...]))
        }
    }
}

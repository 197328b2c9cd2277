import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@Suite("Tokens that are made: by a command, or by a service for a login")
struct SignInTests {
    private static func stats(
        _ store: ServedStore, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> CommandRun {
        try await CommandRun.cod(
            ["stats", "gs://test-bucket/dicomweb", store.study, "--endpoint", store.endpoint] + more, environment: environment)
    }

    @Test("What the command prints is sent; it is run again after a 401, and goes before the environment and the link")
    func command() async throws {
        try await ServedStore.with { store in
            let count = store.scratch.path("count")
            // The first one that it prints has ended already.
            let command =
                "echo run >> '\(count)'; if [ $(wc -l < '\(count)') -gt 1 ]; then echo \(ServedStore.token); else echo old; fi"
            let flags = ["--token-command", command]
            let run = try await Self.stats(store, flags, environment: ["COD_TOKEN": "bad", "COD_TOKEN_FILE": "/nowhere"])
            run.expect(0)
            #expect(try String(contentsOfFile: count, encoding: .utf8) == "run\nrun\n")
            #expect(!run.everything.contains(ServedStore.token))
            (try await Self.stats(store, environment: ["COD_TOKEN_COMMAND": "echo \(ServedStore.token)"])).expect(0)
            try FileManager.default.removeItem(atPath: count)
        }
    }

    @Test("A command that fails is told with what it said, with exit code 77; two places for one token are one too many")
    func failing() async throws {
        try await ServedStore.with { store in
            (try await Self.stats(store, ["--token-command", "echo 'log in first' >&2; exit 1"])).expect(
                77, naming: "The token command failed", "log in first", "it must print a token")
            (try await Self.stats(store, ["--token-command", "echo a", "--token-file", "b"])).expect(
                64, naming: "--token-file and --token-command")
        }
    }

    @Test("A login in the file that GOOGLE_APPLICATION_CREDENTIALS names is exchanged for a token; the link's goes before it")
    func login() async throws {
        try await ServedStore.with { store in
            let issuer = try await ScriptedServer(
                .status(200, #"{"access_token":"\#(ServedStore.token)","expires_in":3599,"token_type":"Bearer"}"#))
            let file = store.scratch.path("login.json")
            let login = """
                {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c", \
                "token_uri": "\(issuer.url)/token"}
                """
            try login.write(toFile: file, atomically: true, encoding: .utf8)
            let environment = ["GOOGLE_APPLICATION_CREDENTIALS": file]
            let run = try await CommandRun.cod(
                [
                    "download", "gs://test-bucket/dicomweb", store.study, "--endpoint", store.endpoint, "-o",
                    store.scratch.path("out"),
                ],
                environment: environment)
            run.expect(0, naming: "all verified")
            #expect(issuer.requests.count == 1)
            #expect(try store.scratch.files(in: "out") == store.files())
            (try await CommandRun.cod(["stats", store.link, store.study, "--endpoint", store.endpoint], environment: environment))
                .expect(0)
            #expect(issuer.requests.count == 1)
        }
    }

    @Test(
        "Credentials that cannot be used are an error that says what to do, with exit code 77",
        arguments: [
            (#"{"type": "external_account"}"#, "external_account", "gcloud auth print-access-token"),
            ("nonsense", "no object in JSON", "gcloud"),
        ])
    func unusable(json: String, words: String, advice: String) async throws {
        try await ServedStore.with { store in
            let file = store.scratch.path("login.json")
            try json.write(toFile: file, atomically: true, encoding: .utf8)
            (try await Self.stats(store, environment: ["GOOGLE_APPLICATION_CREDENTIALS": file])).expect(
                77, naming: words, advice, file)
            #expect(store.server.log.isEmpty)
        }
    }

    @Test("The project that pays is named in every request")
    func userProject() async throws {
        try await ServedStore.with { store in
            store.server.rules.requesterPays = true
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "--endpoint", store.endpoint, "-o", store.scratch.path("out"),
                "--user-project", "my-project",
            ])
            run.expect(0)
            #expect(
                store.server.log.allSatisfy {
                    $0.query["userProject"] == "my-project" || $0.headers["x-goog-user-project"] == "my-project"
                })
        }
    }
}

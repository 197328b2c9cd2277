import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A plan that cannot be used is refused before anything is asked or written")
struct PlanUsageTests {
    @Test("Cut off, no plan, not there, or empty: 64, and what to do")
    func damaged() async throws {
        try await ServedStore.with { store in
            let text = try await store.plan().output
            store.server.clearLog()
            let lines = text.split(separator: "\n")
            for (text, words) in [
                (lines.dropLast().joined(separator: "\n"), "was cut off"), ("", "is empty"), ("{}\n", "Line 1 of the plan"),
                (text.replacingOccurrences(of: "\"schema\":1", with: "\"schema\":9"), "schema is 9"),
                (text.replacingOccurrences(of: store.study, with: "../../x"), "Line 2 of the plan"),
                (text.replacingOccurrences(of: "gs://", with: "https://"), "no store of the form"),
                (text + text, "follows the line that ends"),
            ] {
                try text.write(toFile: store.scratch.path("plan.jsonl"), atomically: true, encoding: .utf8)
                try await store.run().expect(64, naming: words)
            }
            try FileManager.default.removeItem(atPath: store.scratch.path("plan.jsonl"))
            try await store.run().expect(64, naming: "cannot be opened")
            try await CommandRun.cod(["run", store.scratch.root]).expect(64, naming: "cannot be read")
            #expect(store.server.log.isEmpty && !FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }

    @Test("A plan does not send the token to an endpoint of its own choice")
    func endpoint() async throws {
        try await ServedStore.with { store in
            try await store.plan().expect(0)
            store.server.clearLog()
            let arguments = ["run", store.scratch.path("plan.jsonl"), "-o", store.scratch.path("out")]
            let refused = try await CommandRun.cod(arguments, environment: ["COD_TOKEN": ServedStore.token])
            refused.expect(64, naming: "made of a store at \(store.endpoint)", "--endpoint")
            #expect(store.server.log.isEmpty && !FileManager.default.fileExists(atPath: store.scratch.path("out")))
            // The environment's own word counts as the user's.
            let run = try await CommandRun.cod(
                arguments, environment: ["COD_TOKEN": ServedStore.token, "STORAGE_EMULATOR_HOST": store.endpoint])
            run.expect(0)
        }
    }

    @Test("A share of a share, and zips of parts of studies, are mistakes")
    func shares() async throws {
        try await ServedStore.with { store in
            try await store.plan(store.study, "--shard", "0/2").expect(0)
            try await store.run("--shard", "0/2").expect(64, naming: "shard 0/2 of another already")
            try await store.run(environment: ["COD_SHARD": "1/2"]).expect(64, naming: "leave --shard out")
            try await store.run("--zip", "--zip-dir", store.scratch.path("zips")).expect(64, naming: "--whole-studies")
            try await store.plan(store.study, "--shard", "0/1", "--whole-studies").expect(0)
            try await store.run("--zip", "--zip-dir", store.scratch.path("zips")).expect(0, naming: "1 study zipped")
        }
    }

    @Test(
        "What is no shard is told so",
        arguments: [("3/3", "indices begin at 0"), ("/4", "array's index may be missing"), ("1", "I/N"), ("-1/4", "I/N")])
    func shard(text: String, words: String) async throws {
        for command in [["download", "/"], ["stats", "/"], ["plan", "/"], ["run", "plan.jsonl"]] {
            try await CommandRun.cod(command + ["--shard", text]).expect(64, naming: words)
        }
        let run = try await CommandRun.cod(["run", "plan.jsonl"], environment: ["COD_SHARD": text])
        run.expect(64, naming: words, "From the environment: COD_SHARD")
        try await CommandRun.cod(["plan", "/", "--whole-studies"]).expect(64, naming: "give --shard, too")
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite("cod plan and cod run come to what cod download does")
struct PlanTests {
    @Test("What a plan is run for is all of the study, verified; a second run fetches nothing", arguments: [false, true])
    func same(isHashed: Bool) async throws {
        try await ServedStore.with(hashed: isHashed) { store in
            try await store.plan().expect(0)
            store.server.clearLog()
            try await store.run("--json").expect(0, naming: "all verified")
            try store.expectAll()
            // The plan says it all: no listing and no metadata is asked for.
            #expect(!store.server.log.isEmpty && !store.server.log.contains { !$0.isArchiveRead })
            #expect(store.server.log.allSatisfy { $0.query["ifGenerationMatch"] != nil && $0.token == ServedStore.token })
            store.server.clearLog()
            let again = try await store.run("--json")
            again.expect(0, naming: "Nothing is missing.")
            #expect(store.server.log.isEmpty)
            #expect(try again.objects().map { $0["event"] as? String } == ["plan", "complete"])
            try await CommandRun.cod(["verify", store.scratch.path("out")]).expect(0)
        }
    }

    @Test("The same store gives the same plan; it holds no token; what was lost is fetched again, and that alone")
    func again() async throws {
        try await ServedStore.with { store in
            let (first, second) = (try await store.plan(), try await store.plan())
            first.expect(0)
            #expect(first.output == second.output && !first.output.contains(ServedStore.token) && !first.output.isEmpty)
            try await store.run().expect(0)
            let lost = try #require(try store.files().keys.min())
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(lost)"))
            try await store.run().expect(0, naming: "Saved 1 instance")
            try store.expectAll()
        }
    }

    @Test("A plan of a folder, and of a selection; from standard input; what it would do without doing it")
    func folder() async throws {
        try await ServedStore.with { store in
            let wanted = store.written.series[0]
            let plan = try await CommandRun.cod(
                ["plan", store.folder, store.study, "--instance", wanted.instances[1].uid])
            plan.expect(0)
            let rehearsed = try await CommandRun.cod(
                ["run", "-", "-o", store.scratch.path("out"), "--dry-run"], input: plan.output)
            rehearsed.expect(0, naming: "Nothing was fetched")
            #expect(rehearsed.output.contains("1 series, 1 instance"))
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
            let run = try await CommandRun.cod(["run", "-", "-o", store.scratch.path("out")], input: plan.output)
            run.expect(0, naming: "Saved 1 instance", "all verified")
            #expect(
                try store.scratch.files(in: "out").keys.sorted()
                    == ["\(wanted.id)/instances/\(wanted.instances[1].uid).dcm"])
        }
    }

    @Test("Zips of a plan are those of a download")
    func zips() async throws {
        try await ServedStore.with { store in
            try await store.plan().expect(0)
            let run = try await CommandRun.cod(
                ["run", store.scratch.path("plan.jsonl"), "--zip-only", "--zip-dir", store.scratch.path("zips")],
                environment: store.workerEnvironment)
            run.expect(0, naming: "1 study zipped in")
            #expect(FileManager.default.fileExists(atPath: store.scratch.path("zips/\(store.study).zip")))
        }
    }

    @Test("A series that changed since fails by name and asks for a new plan; the others are saved")
    func changed() async throws {
        try await ServedStore.with { store in
            try await store.plan().expect(0)
            let series = store.written.series[0]
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\(series.archiveName)"))
            try store.server.overwrite(series.archiveName, bytes)
            store.server.clearLog()
            let run = try await store.run()
            run.expect(1, naming: "\(series.id): ", "has changed", "make a new plan", "1 series\n  \(series.id)")
            #expect(!store.server.log.contains { !$0.isArchiveRead })
            let others = Set(store.written.series.dropFirst().map(\.id.series))
            #expect(try store.scratch.files(in: "out") == store.files(in: others))
            try await store.plan().expect(0)
            try await store.run().expect(0)
            try store.expectAll()
        }
    }

    @Test("Studies that are not there are in the plan, too, and end plan and run with the same code")
    func missing() async throws {
        try await ServedStore.with { store in
            let all = try await store.plan("9.9.9", "9.9.8")
            all.expect(66, naming: "9.9.9", "9.9.8")
            try await store.run().expect(66, naming: "9.9.9", "9.9.8")
            try await store.plan(store.study, "9.9.9").expect(1, naming: "9.9.9")
            try await store.run().expect(1, naming: "9.9.9", "all verified")
            try store.expectAll()
        }
    }

    @Test("No plan is printed where none can be made")
    func unreachable() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod([
                "plan", "gs://\(store.bucket)/dicomweb", store.study, "--endpoint", store.endpoint,
            ])
            run.expect(77)
            #expect(run.output.isEmpty)
        }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Shards that share a folder come to all of it")
struct ShardRunTests {
    @Test(
        "One after the other, of a plan or directly: each byte is fetched once, no one tells of the others' part, and the log has all"
    )
    func inTurn() async throws {
        try await ServedStore.withOneLongSeries { store in
            try await store.plan().expect(0)
            for isDirect in [false, true] {
                let out = store.scratch.path("out")
                try? FileManager.default.removeItem(atPath: out)
                store.server.clearLog()
                for index in 0..<3 {
                    let before = store.archiveByteCount
                    let run =
                        isDirect
                        ? try await CommandRun.cod(
                            [
                                "download", store.link, store.study, "--endpoint", store.endpoint, "-o", out, "--shard",
                                "\(index)/3",
                            ])
                        : try await store.run("--shard", "\(index)/3")
                    run.expect(0, naming: "all verified")
                    #expect(!run.errors.contains("Failed") && !run.errors.contains("missing"), "\(run.errors)")
                    // A third of 24 MiB, within a part of 4 MiB.
                    #expect((4 << 20...13 << 20).contains(store.archiveByteCount - before), "\(store.archiveByteCount - before)")
                }
                try store.expectAll()
                let total = store.written.series.reduce(0) { $0 + $1.archiveByteCount }
                #expect(store.archiveByteCount <= total, "\(store.archiveByteCount) of \(total)")
                store.server.clearLog()
                try await store.run("--shard", "1/3").expect(0, naming: "Nothing is missing.")
                try await store.run().expect(0, naming: "Nothing is missing.")
                #expect(store.archiveByteCount == 0)
                try await CommandRun.cod(["verify", out]).expect(0)
            }
        }
    }

    @Test("All at once")
    func atOnce() async throws {
        try await ServedStore.withOneLongSeries { store in
            try await store.plan().expect(0)
            store.server.clearLog()
            try await withThrowingTaskGroup(of: CommandRun.self) { group in
                for index in 0..<4 { group.addTask { try await store.run("--shard", "\(index)/4") } }
                for try await run in group { run.expect(0, naming: "all verified") }
            }
            try store.expectAll()
            try await CommandRun.cod(["verify", store.scratch.path("out")]).expect(0)
        }
    }

    @Test("A shard that failed is run again, and fetches what it lacks of its own part")
    func resumes() async throws {
        try await ServedStore.withOneLongSeries { store in
            try await store.plan().expect(0)
            try await store.run("--shard", "1/3").expect(0)
            let mine = try store.scratch.files(in: "out").keys.sorted()
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(mine[0])"))
            try await store.run("--shard", "1/3").expect(0, naming: "Saved 1 instance")
            #expect(try store.scratch.files(in: "out").keys.sorted() == mine)
            #expect(try store.scratch.log(in: "out").count == mine.count)
        }
    }

    @Test("What a shard would do is told by stats and --dry-run; together they are the whole")
    func told() async throws {
        try await ServedStore.withOneLongSeries { store in
            var counts = [0, 0]
            for index in 0..<3 {
                let stats = try await CommandRun.cod(
                    ["stats", store.link, store.study, "--endpoint", store.endpoint, "--shard", "\(index)/3", "--json"])
                stats.expect(0)
                counts[0] += try #require(stats.objects().first?["instanceCount"] as? Int)
                try await store.plan().expect(0)
                let rehearsed = try await store.run("--dry-run", "--json", "--shard", "\(index)/3")
                let planned = try #require(rehearsed.objects().first?["stats"] as? [String: Any])
                counts[1] += try #require(planned["instanceCount"] as? Int)
            }
            let all = store.written.series.reduce(0) { $0 + $1.instances.count }
            #expect(counts == [all, all])
        }
    }

    @Test("Where zips are asked for a study is in one shard as a whole")
    func zips() async throws {
        try await ServedStore.withOneLongSeries { store in
            var zipped = 0
            for index in 0..<3 {
                let run = try await CommandRun.cod(
                    [
                        "download", store.link, store.study, "--endpoint", store.endpoint, "--shard", "\(index)/3", "--zip-only",
                        "--zip-dir", store.scratch.path("zips"),
                    ])
                run.expect(0)
                if run.errors.contains("1 study zipped") { zipped += 1 } else { #expect(run.errors.contains("nothing to save")) }
            }
            #expect(zipped == 1)
        }
    }

    @Test("A study that is not there is one shard's failure, and no shard says that there is none at all")
    func missing() async throws {
        try await ServedStore.with { store in
            var codes: [Int32] = []
            for index in 0..<3 {
                let run = try await CommandRun.cod(
                    [
                        "download", store.link, store.study, "9.9.9", "--endpoint", store.endpoint, "-o",
                        store.scratch.path("out"), "--shard", "\(index)/3",
                    ])
                codes.append(run.exitCode)
            }
            #expect(codes.sorted() == [0, 0, 1])
            try store.expectAll()
        }
    }
}

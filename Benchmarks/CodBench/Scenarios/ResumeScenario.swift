import CodBenchKit
import CodCore
import CodTesting

/// How many bytes a store sends again to somebody who was killed half-way.
struct ResumeScenario: Scenario {
    let key = "wire-resume"
    let title = "bytes on the wire for a series whose download is killed half-way (SIGKILL) and run again"
    let load = Load.megabytes(1074)

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: 526_000, seriesCount: 1)
        let archiveByteCount = try workshop.store(shape).series[0].archiveByteCount
        // Slow enough to be met half-way.
        let server = try await workshop.countingServer(shape, rules: FarBucket.rules)
        let store = server.store
        let output = try await workshop.freshOutput()
        let command = ChildProcess([workshop.cod] + server.download(to: output))
        try await killHalfWay(command, store, archiveByteCount)
        let first = WireTraffic(store.log)
        let savedByteCount = FileSystem.byteCount(ofFilesIn: output)
        store.clearLog()
        try await command.run().requireSuccess(of: "cod download, the second time")
        let second = WireTraffic(store.log)
        let sum = first.archiveByteCount + second.archiveByteCount
        return Measurement(figures: [
            Figure("archive bytes of both runs ÷ archive", Spread(Double(sum) / Double(archiveByteCount)), .ratio),
            Figure("archive bytes, first run", first.archiveByteCount, .bytes),
            Figure("bytes in its folder when it was killed", savedByteCount, .bytes),
            Figure("archive bytes, second run", second.archiveByteCount, .bytes),
            Figure("listings and metadata, second run", second.otherByteCount, .bytes),
            Figure("requests, second run", second.requestCount, .count),
        ])
    }

    private func killHalfWay(_ command: ChildProcess, _ store: LoopbackStore, _ byteCount: Int64) async throws {
        let ended = RaisedOnce()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ended.raise() }
                _ = try await command.run()
            }
            while WireTraffic(store.log).archiveByteCount < byteCount / 2 {
                if ended.isRaised { throw Obstacle("cod download ended before it was killed.") }
                try await Task.sleep(for: .milliseconds(5))
            }
            // Ends it with SIGKILL.
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}

import CodBenchKit
import CodTesting

/// A study of one series of 100 kB: how many requests it takes, and how many times one after the other something is waited for.
struct SmallStudyScenario: Scenario {
    let key = "start-study"
    let title = "round trips of a study of one series, 5 instances of 20 kB"
    let load = Load.runs(3)

    func room(for load: Load, isInMemory: Bool) -> Int { 10_000_000 }

    /// Long beside all else that such a run does.
    private static let latency = 0.25

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        let shape = StoreShape(seriesCount: 1, instancesPerSeries: 5, instanceByteCount: 20_000)
        let server = try await workshop.countingServer(shape)
        let store = server.store
        let study = try workshop.store(shape).studies.map(\.uid)
        var (near, far, unnamed): ([Double], [Double], [Double]) = ([], [], [])
        var requests: [LoopbackStore.Request] = []
        for _ in 0..<load.count {
            store.rules.latency = .zero
            near.append(try await seconds(server, workshop, study))
            store.rules.latency = .seconds(Self.latency)
            store.clearLog()
            far.append(try await seconds(server, workshop, study))
            requests = store.log
            unnamed.append(try await seconds(server, workshop, []))
        }
        func tripCount(_ far: [Double]) -> Int {
            // The archive's own request comes with its body.
            Int(((Spread(far).median - Spread(near).median) / Self.latency).rounded()) - 1
        }
        return Measurement(figures: [
            Figure("round trips before the archive's", tripCount(far), .count, target: .atMost(2)),
            Figure("the same where no study is named", tripCount(unnamed), .count),
            Figure("requests", requests.count, .count),
            Figure(
                "bytes of listings and metadata", requests.filter { !$0.isArchiveRead }.reduce(0) { $0 + $1.byteCount }, .bytes),
            Figure("wall time without latency", Spread(near), .seconds),
        ])
    }

    private func seconds(_ server: StudyServer, _ workshop: Workshop, _ studies: [String]) async throws -> Double {
        let output = try await workshop.freshOutput()
        let sample = try await ChildProcess([workshop.cod] + server.download(to: output) + studies).run()
        try sample.requireSuccess(of: "cod download")
        return sample.wallSeconds
    }
}

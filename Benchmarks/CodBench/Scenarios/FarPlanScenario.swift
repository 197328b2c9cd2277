import CodBenchKit
import CodTesting

/// The metadata of many series, from a bucket where each is waited for.
struct FarPlanScenario: TimedScenario {
    let key = "far-plan"
    let title = "plan series of 4 instances from a far bucket: 50 ms of latency"
    let load = Load.series(1000)
    let goals = [Goal.wallOfRoofline(atMost: 1.3)]

    func room(for load: Load, isInMemory: Bool) -> Int { load.count * 100_000 }

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape(seriesCount: load.count, instancesPerSeries: 4, instanceByteCount: 3200)
        let server = try await workshop.countingServer(shape, rules: FarBucket.rules)
        let (cod, count) = (workshop.cod, FarBucket.connectionCount)
        return [
            Contender(name: "cod stats", role: .ours, byteCount: 0) { output in
                try await ChildProcess([cod, "stats", StudyServer.source, "-o", output, "--json"] + server.codOptions).run()
            },
            .computed(
                "\(load.count) x 50 ms ÷ \(count), computed", byteCount: 0,
                seconds: Double(load.count) * FarBucket.latencySeconds / Double(count)),
        ]
    }
}

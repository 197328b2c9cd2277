import CodBenchKit
import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Many small archives, from a bucket where each of them is waited for.
struct FarSeriesScenario: TimedScenario {
    let key = "far-series"
    let title = "download series of 1 MB from a far bucket: 60 MB/s a connection, 50 ms of latency"
    let load = Load.series(500)
    let programs = ["curl"]
    let goals = [Goal.speedOfRoofline(atLeast: 0.9)]

    private static let seriesByteCount = 1_000_000

    func room(for load: Load, isInMemory: Bool) -> Int { load.count * Self.seriesByteCount * (isInMemory ? 4 : 14) }

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape(
            seriesCount: load.count, instancesPerSeries: 2, instanceByteCount: Self.seriesByteCount / 2)
        let written = try workshop.store(shape)
        let server = try await workshop.countingServer(shape, rules: FarBucket.rules)
        let cod = workshop.cod
        let byteCount = written.byteCount
        let archiveByteCount = written.series.reduce(0) { $0 + $1.archiveByteCount }
        let count = FarBucket.connectionCount
        let turnCount = (load.count + count - 1) / count
        var contenders = [
            Contender(name: "cod download", role: .ours, byteCount: byteCount) { output in
                try await ChildProcess([cod] + server.download(to: output)).run()
            },
            .computed("\(count) x 60 MB/s, computed", byteCount: byteCount, seconds: FarBucket.seconds(for: archiveByteCount)),
            .computed(
                "the same and \(turnCount) latencies, computed", byteCount: byteCount,
                seconds: FarBucket.seconds(for: archiveByteCount) + Double(turnCount) * FarBucket.latencySeconds),
        ]
        if await workshop.has("curl") {
            let list = workshop.newName("urls")
            let lines = server.archiveURLs.map { "url = \($0)\noutput = /dev/null" }
            try lines.joined(separator: "\n").write(toFile: list, atomically: false, encoding: .utf8)
            contenders.append(
                Contender(name: "curl to nowhere, \(count) at a time", role: .other, byteCount: byteCount) { _ in
                    try await ChildProcess([
                        "curl", "-sf", "--no-progress-meter", "--parallel", "--parallel-max", "\(count)", "--config", list,
                    ]).run()
                })
        }
        return contenders
    }
}

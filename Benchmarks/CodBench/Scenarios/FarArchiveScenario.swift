import CodBenchKit
import CodTesting

/// One large archive, from a bucket that is slow on each connection.
struct FarArchiveScenario: TimedScenario {
    let key = "far-archive"
    let title = "download one archive from a far bucket: 60 MB/s a connection, 50 ms of latency"
    let load = Load.megabytes(2147)
    let programs = ["curl"]
    let goals = [Goal.speedOfRoofline(atLeast: 0.9)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: 526_000, seriesCount: 1)
        let written = try workshop.store(shape)
        let server = try await workshop.countingServer(shape, rules: FarBucket.rules)
        let (cod, series) = (workshop.cod, written.series[0])
        let byteCount = series.byteCount
        let count = FarBucket.connectionCount
        var contenders = [
            Contender(name: "cod download", role: .ours, byteCount: byteCount) { output in
                try await ChildProcess([cod] + server.download(to: output)).run()
            },
            .computed(
                "\(count) x 60 MB/s, computed", byteCount: byteCount, seconds: FarBucket.seconds(for: series.archiveByteCount)),
        ]
        if await workshop.has("curl") {
            let url = server.archiveURLs[0]
            let part = series.archiveByteCount / Int64(count) + 1
            let ranges = (0..<Int64(count)).map { "\($0 * part)-\(min(($0 + 1) * part, series.archiveByteCount) - 1)" }
            contenders.append(
                Contender(name: "\(count) curl to nowhere, a range each", role: .other, byteCount: byteCount) { _ in
                    try await ChildProcess(sideBySide: ranges.map { "curl -sf -o /dev/null -r \($0) '\(url)'" }).run()
                })
        }
        return contenders
    }
}

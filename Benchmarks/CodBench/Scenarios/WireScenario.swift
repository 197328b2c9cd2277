import CodBenchKit
import CodCore
import CodTesting

/// How many bytes a store sends for a part of a series: one instance, a tenth of them picked at random.
struct WireScenario: Scenario {
    let key: String
    let title: String
    /// One in so many instances; `nil`: one alone.
    let interval: Int?
    let load = Load.megabytes(1074)

    static let all: [any Scenario] = [
        WireScenario(key: "wire-instance", title: "bytes on the wire for one instance of a series", interval: nil),
        WireScenario(
            key: "wire-tenth", title: "bytes on the wire for a tenth of a series' instances, picked at random", interval: 10),
    ]

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: 526_000, seriesCount: 1)
        let instances = try workshop.store(shape).instances
        let server = try await workshop.countingServer(shape)
        let chosen = chosen(from: instances)
        let output = try await workshop.freshOutput()
        let command = [workshop.cod] + server.download(to: output)
        let sample = try await ChildProcess(command + chosen.flatMap { ["--instance", $0.uid] }).run()
        try sample.requireSuccess(of: "cod download")
        let wanted = chosen.reduce(0) { $0 + $1.byteCount }
        let traffic = WireTraffic(server.store.log)
        // Of the archive: the metadata, which tells where the instance lies, is larger than that by itself.
        let target: Figure.Target? = interval == nil ? .atMost(Double(wanted + 64 << 10)) : nil
        return Measurement(figures: [
            Figure("bytes of the archive", traffic.archiveByteCount, .bytes, target: target),
            Figure("bytes of the archive ÷ bytes wanted", Spread(Double(traffic.archiveByteCount) / Double(wanted)), .ratio),
            Figure("bytes wanted", wanted, .bytes),
            Figure("bytes of listings and metadata", traffic.otherByteCount, .bytes),
            Figure("requests", traffic.requestCount, .count),
        ])
    }

    private func chosen(from instances: [WrittenInstance]) -> [WrittenInstance] {
        guard let interval else { return [instances[instances.count / 2]] }
        var random = SplitMix64(seed: 20)
        return Array(instances.shuffled(using: &random).prefix(max(instances.count / interval, 1)))
    }
}

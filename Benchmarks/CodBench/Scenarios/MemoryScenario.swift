import CodBenchKit
import CodTesting

/// The most memory that a download holds, and whether it grows while it runs. What it reads are mostly holes of a file.
struct MemoryScenario: Scenario {
    enum Kind {
        case archive, instance, instances, series
    }

    let key: String
    let title: String
    let load: Load
    let kind: Kind

    static let all: [any Scenario] = [
        MemoryScenario(
            key: "memory-archive", title: "memory: one archive of 10 GiB, instances of 526 kB", load: .megabytes(10_737),
            kind: .archive),
        MemoryScenario(key: "memory-instance", title: "memory: one instance of 4 GiB", load: .megabytes(4294), kind: .instance),
        MemoryScenario(
            key: "memory-instances", title: "memory: one series of 200,000 instances", load: .instances(200_000),
            kind: .instances),
        MemoryScenario(key: "memory-series", title: "memory: 10,000 series", load: .series(10_000), kind: .series),
    ]

    let programs = ["nginx"]

    /// Holes take no room, and neither do instances that are removed at once.
    func room(for load: Load, isInMemory: Bool) -> Int {
        switch kind {
        case .archive: load.byteCount / 5
        case .instance: load.byteCount + load.byteCount / 10
        case .instances: load.count * 20_000
        case .series: load.count * 60_000
        }
    }

    /// Whatever is as long as the data must not grow. Of many instances and series the plan is made in the first part of a run, and
    /// has its share in the most that may be held.
    private var flatness: Figure.Target? {
        switch kind {
        case .archive, .instance: .atMost(1.1)
        case .instances, .series: nil
        }
    }

    private func shape(_ load: Load) -> StoreShape {
        switch kind {
        case .archive: .holding(load.byteCount, instanceByteCount: 526_000, seriesCount: 1, isSparse: true)
        case .instance: StoreShape(seriesCount: 1, instancesPerSeries: 1, instanceByteCount: load.byteCount, isSparse: true)
        case .instances: StoreShape(seriesCount: 1, instancesPerSeries: load.count, instanceByteCount: 3200)
        case .series: StoreShape(seriesCount: load.count, instancesPerSeries: 1, instanceByteCount: 3200)
        }
    }

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        let shape = shape(load)
        let server = try await workshop.server(shape)
        let output = try await workshop.freshOutput()
        let sweeper = kind == .archive ? Sweeper(output) : nil
        let command = [workshop.cod] + server.download(to: output)
        let (sample, memory) = try await ChildProcess(command).watched()
        await sweeper?.stop()
        try sample.requireSuccess(of: "cod download")
        let limit = Double(64 << 20 + shape.instanceCount << 10)
        var figures = [
            Figure("most memory held", sample.peakByteCount, .bytes, target: .atMost(limit)),
            Figure("wall time", Spread(sample.wallSeconds), .seconds),
        ]
        if let growth = memory.growth {
            figures.insert(Figure("second half ÷ first half", Spread(growth), .ratio, target: flatness), at: 1)
        }
        return Measurement(figures: figures)
    }
}

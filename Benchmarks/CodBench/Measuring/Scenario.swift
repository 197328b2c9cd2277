import ArgumentParser

/// Something that is done in several ways, one of them ours.
protocol Scenario {
    /// `save 526 kB`, say.
    var name: String { get }

    /// Makes the data and the ways. The first one is ours. `isRoofline` marks what nobody can be faster than.
    func contenders(in workshop: Workshop) async throws -> [Contender]
}

/// One way.
struct Contender {
    let name: String
    var isRoofline = false
    /// How many bytes of instances one run takes through.
    let byteCount: Int64
    /// Runs it once.
    let run: () async throws -> Sample
    /// Undoes what a run left, outside of the measurement.
    var cleanUp: () throws -> Void = {}
}

extension Scenario {
    /// Measures all ways in turn, a warm-up round first.
    func measured(in workshop: Workshop, roundCount: Int) async throws -> ScenarioReport {
        ReleaseBuild.complain("CodBench: \(name) …")
        let contenders = try await contenders(in: workshop)
        var samples = Array(repeating: [Sample](), count: contenders.count)
        for round in 0...roundCount {
            for (position, contender) in contenders.enumerated() {
                let sample = try await contender.run()
                try contender.cleanUp()
                guard sample.exitCode == 0 else {
                    throw ValidationError("\(contender.name) ended with exit code \(sample.exitCode) in \(name).")
                }
                if round > 0 { samples[position].append(sample) }
            }
        }
        return ScenarioReport(
            name: name,
            rows: zip(contenders, samples).map { contender, samples in
                ScenarioReport.Row(contender, samples: samples, ours: contenders[0].byteCount)
            })
    }
}

/// Something that is done in several ways, one of them ours.
protocol Scenario {
    /// `save a local study, instances of 526000 bytes`, say.
    var name: String { get }

    /// Makes the data and the ways. The first one is ours.
    func contenders(in workshop: Workshop) async throws -> [Contender]
}

/// One way.
struct Contender {
    let name: String
    /// Whether it does less than the task asks for: what nobody can be much faster than.
    var isRoofline = false
    /// Whether the size of what it writes counts.
    var weighsOutput = false
    /// How many bytes of instances one run takes through.
    let byteCount: Int64
    /// Runs it once, given a new and empty folder for what it writes.
    let run: (_ output: String) async throws -> Sample
}

extension Scenario {
    /// Measures all ways in turn, a warm-up round first.
    func measured(in workshop: Workshop, roundCount: Int) async throws -> ScenarioReport {
        Workshop.say("\(name) …")
        let contenders = try await contenders(in: workshop)
        var samples = Array(repeating: [Sample](), count: contenders.count)
        for round in 0...roundCount {
            for (position, contender) in contenders.enumerated() {
                let output = try await workshop.freshOutput()
                var sample = try await contender.run(output)
                if contender.weighsOutput { sample.outputByteCount = FileSystem.byteCount(ofFilesIn: output) }
                guard sample.exitCode == 0 else {
                    throw Obstacle("\(contender.name) ended with exit code \(sample.exitCode) in \(name).")
                }
                if round > 0 { samples[position].append(sample) }
            }
        }
        return ScenarioReport(name: name, contenders: contenders, samples: samples)
    }
}

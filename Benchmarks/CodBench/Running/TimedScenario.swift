import CodBenchKit

/// Something that is done in several ways, one of them ours, which take turns.
protocol TimedScenario: Scenario {
    var goals: [Goal] { get }

    /// Makes the data and the ways. The first one is ours.
    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender]
}

/// One way.
struct Contender {
    let name: String
    var role = TimedRow.Role.peer
    /// Whether the size of what it writes counts.
    var weighsOutput = false
    /// How many bytes of instances one run takes through; 0 where it is not about bytes.
    let byteCount: Int64
    /// Runs it once, given a new and empty folder for what it writes.
    let run: (_ output: String) async throws -> Sample

    /// What nobody can be faster than, by reckoning.
    static func computed(_ name: String, byteCount: Int64, seconds: Double) -> Contender {
        Contender(name: name, role: .roofline, byteCount: byteCount) { _ in Sample(wallSeconds: seconds, cpuSeconds: 0) }
    }
}

extension TimedScenario {
    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        try await turns(load, in: workshop, roundCount: roundCount)
    }

    /// Measures all ways in turn, a warm-up round first.
    func turns(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        let contenders = try await contenders(load, in: workshop)
        var samples = Array(repeating: [Sample](), count: contenders.count)
        for round in 0...roundCount {
            for (position, contender) in contenders.enumerated() {
                try Task.checkCancellation()
                let output = try await workshop.freshOutput()
                var sample = try await contender.run(output)
                if contender.weighsOutput { sample.outputByteCount = FileSystem.byteCount(ofFilesIn: output) }
                try sample.requireSuccess(of: contender.name)
                if round > 0 { samples[position].append(sample) }
            }
        }
        let rows = zip(contenders, samples).map {
            TimedRow(name: $0.name, role: $0.role, byteCount: $0.byteCount, samples: $1)
        }
        return Measurement(rows: rows, goals: goals)
    }
}

extension Sample {
    /// Throws when the command failed, or was ended because this run is.
    func requireSuccess(of name: String) throws {
        try Task.checkCancellation()
        guard exitCode == 0 else { throw Obstacle("\(name) ended with exit code \(exitCode).") }
    }
}

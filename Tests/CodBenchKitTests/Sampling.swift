import CodBenchKit

/// A row of runs that took so long.
func row(
    _ name: String, _ role: TimedRow.Role, wall: [Double], cpu: [Double]? = nil, byteCount: Int64 = 1_000_000_000,
    output: Int64 = 0
) -> TimedRow {
    let samples = zip(wall, cpu ?? wall).map { wall, cpu in
        var sample = Sample(wallSeconds: wall, cpuSeconds: cpu)
        sample.outputByteCount = output
        return sample
    }
    return TimedRow(name: name, role: role, byteCount: byteCount, samples: samples)
}

func report(
    _ key: String, commit: String = "abc1234", rows: [TimedRow] = [], goals: [Goal] = [], figures: [Figure] = [],
    system: String = "Linux 6", fileSystem: String = "tmpfs"
) -> ScenarioReport {
    ScenarioReport(
        key: key, title: "the scenario \(key)", amount: "1,074 MB", roundCount: 5,
        stamp: Stamp(date: "2026-01-31", commit: commit, isModified: false),
        conditions: Conditions(
            processor: "A processor", coreCount: 2, memoryByteCount: 8_000_000_000, system: system, fileSystem: fileSystem,
            peers: ["tar 1.34", "curl 8"]),
        rows: rows, goals: goals, figures: figures)
}

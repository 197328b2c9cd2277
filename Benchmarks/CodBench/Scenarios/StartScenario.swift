import CodBenchKit
import CodCore

/// How long it takes until the command does anything.
struct StartScenario: TimedScenario {
    let key = "start"
    let title = "start: one `cod --version`, the mean of many"
    let load = Load.runs(50)
    let goals = [Goal.seconds(atMost: 0.030)]

    func room(for load: Load, isInMemory: Bool) -> Int { 0 }

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let cod = workshop.cod
        func contender(_ name: String, role: TimedRow.Role, _ arguments: [String]) -> Contender {
            Contender(name: name, role: role, byteCount: 0) { _ in try await Self.mean(of: load.count, arguments) }
        }
        return [
            contender("cod --version", role: .ours, [cod, "--version"]),
            contender("true", role: .roofline, ["/usr/bin/true"]),
        ]
    }

    /// Nobody looks at its memory meanwhile, which would take time from it.
    private static func mean(of count: Int, _ arguments: [String]) async throws -> Sample {
        try await offTaskThreads {
            var mean = Sample(wallSeconds: 0, cpuSeconds: 0)
            for _ in 0..<count {
                let start = ContinuousClock.now
                let sample = try ChildProcess.wait(for: ChildProcess(arguments).started(), since: start)
                mean.wallSeconds += sample.wallSeconds / Double(count)
                mean.cpuSeconds += sample.cpuSeconds / Double(count)
                mean.exitCode = max(mean.exitCode, sample.exitCode)
            }
            return mean
        }
    }
}

import ArgumentParser

/// Measures what the product exists for, beside what a user would run instead, in the same run on the same data.
@main
struct CodBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "CodBench",
        abstract: "Speed beside the peers that are installed, as ratios, measured in turn in one run.",
        discussion: """
            Figures of a debug build are worth nothing: one builds itself anew as a release build and runs that.
            Peers that are not installed are named on standard error and left out. A run needs about five times --size of room \
            in memory, sixteen times on a disk; ended early, it leaves a folder cod-bench-… behind.

            EXAMPLES
              swift run CodBench
              swift run CodBench --only extract --quick
              swift run CodBench --only zip --size 1074
              swift run -c release CodBench --size 1024 --rounds 7 --json
            """, subcommands: [ZipFolder.self])

    @Option(help: "Only scenarios whose name holds this text (repeatable).")
    var only: [String] = []

    @Option(help: "Megabytes of data a scenario.")
    var size = 512

    @Option(help: "Rounds; the contenders take turns in each.")
    var rounds = 5

    @Flag(help: "A tenth of the data, three rounds at most.")
    var quick = false

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: "A folder for the data, on the disk that is to be measured (default: /dev/shm where it is, else the temporary one)."
    )
    var folder: String?

    func validate() throws {
        guard size > 0, size <= 1 << 20 else { throw ValidationError("--size is \(size); give megabytes from 1 to 1048576.") }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds is \(rounds); give a number from 1 to 100.") }
        if wantedScenarios.isEmpty {
            throw ValidationError("--only fits no scenario; there are: \(Self.scenarios.map(\.name).joined(separator: "; ")).")
        }
    }

    private static var scenarios: [any Scenario] {
        [
            ExtractScenario(instanceByteCount: 526_000), ExtractScenario(instanceByteCount: 20_000),
            SaveScenario(instanceByteCount: 526_000), SaveScenario(instanceByteCount: 20_000),
            DownloadScenario(instanceByteCount: 526_000), DownloadScenario(instanceByteCount: 20_000),
            ZipDownloadScenario(instanceByteCount: 526_000), ZipDownloadScenario(instanceByteCount: 20_000),
            ZipScenario(data: .slices, level: 1), ZipScenario(data: .slices, level: 6),
            ZipScenario(data: .smallSlices, level: 1), ZipScenario(data: .smallSlices, level: 6),
            ZipScenario(data: .cine, level: 1), ZipScenario(data: .cine, level: 6), ZipScenario(data: .jpeg2000, level: 1),
        ]
    }

    private var wantedScenarios: [any Scenario] {
        Self.scenarios.filter { scenario in only.isEmpty || only.contains(where: scenario.name.contains) }
    }

    func run() async throws {
        try await ReleaseBuild.require()
        let workshop = try Workshop(in: folder, byteCount: (quick ? size / 10 + 1 : size) * 1_000_000)
        defer { workshop.remove() }
        do {
            try await measure(in: workshop)
        } catch {
            await workshop.close()
            throw error
        }
        await workshop.close()
    }

    private func measure(in workshop: Workshop) async throws {
        var reports: [ScenarioReport] = []
        for scenario in wantedScenarios {
            let report = try await scenario.measured(in: workshop, roundCount: quick ? min(rounds, 3) : rounds)
            if !json { print(report.table) }
            reports.append(report)
        }
        if json { print(try ScenarioReport.json(reports)) }
    }
}

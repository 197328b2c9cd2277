import ArgumentParser
import CodBenchKit

/// Measures what the product exists for, beside what a user would run instead, in the same run on the same data.
@main
struct CodBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "CodBench",
        abstract:
            "Speed beside the peers that are installed, as ratios, measured in turn in one run; bytes, memory and requests.",
        discussion: """
            Figures of a debug build are worth nothing: one builds itself anew as a release build and runs that.
            Peers that are not installed are named on standard error and left out. Only figures go to standard output.

            EXAMPLES
              swift run CodBench --list
              swift run CodBench --only extract --quick
              swift run CodBench --only save --only save-small --folder /mnt/disk
              swift run -c release CodBench --report Documentation
              swift run -c release CodBench --only far-archive --report Documentation
            """, subcommands: [ZipFolder.self])

    @Option(help: "Only the scenario of this key, or else those whose key or title holds this text (repeatable).")
    var only: [String] = []

    @Option(help: "Megabytes of data for scenarios that are counted in them (default: each its own, see --list).")
    var size: Int?

    @Option(help: "Rounds; the contenders take turns in each.")
    var rounds = 5

    @Flag(help: "A tenth of everything, three rounds at most.")
    var quick = false

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    @Flag(help: "Tell what there is to measure, how much of it, and what it needs.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Write Benchmarks.md, .svg and .json there; what is not measured this time stays as it was measured before.",
            valueName: "folder"))
    var report: String?

    @Option(
        help: "A folder for the data, on the disk that is to be measured (default: /dev/shm where it is, else the temporary one)."
    )
    var folder: String?

    func validate() throws {
        if let size, !(1...1 << 20).contains(size) {
            throw ValidationError("--size is \(size); give megabytes from 1 to 1048576.")
        }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds is \(rounds); give a number from 1 to 100.") }
        for text in only where Catalogue.scenarios(matching: [text]).isEmpty {
            throw ValidationError("--only \(text) fits no scenario; there are: \(Catalogue.keys.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        if list { return Console.result(ScenarioList.text) }
        let wanted = BenchRun(
            scenarios: only, megabytes: size, roundCount: quick ? min(rounds, 3) : rounds, isQuick: quick, printsJSON: json,
            reportFolder: report, folder: folder)
        do {
            try await Interruption.watching { try await wanted.run() }
        } catch let error as Interruption.Interrupted {
            throw ExitCode(128 + error.signal)
        }
    }
}

#if !LIBFUZZER
    import ArgumentParser
    import Foundation

    /// Fuzzes the parsers with inputs that follow from a seed: the same seed, the same inputs, wherever it runs.
    @main
    struct CodFuzz: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "CodFuzz",
            abstract: "Feeds the parsers mutated inputs, and holds them to what must be true of every input.",
            discussion: "Documentation/Testing.md tells more.")

        @Option(help: "Only this target (repeatable): \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
        var target: [String] = []

        @Option(help: "What all inputs follow from.")
        var seed: UInt64 = 1

        @Option(help: "Inputs for each target.")
        var count = 100_000

        @Option(help: "A file that each input is written to before it runs: after a crash, it holds the culprit. Slow.")
        var keepLast: String?

        @Argument(help: "Files to run once, as they are, in place of mutated inputs.")
        var files: [String] = []

        func validate() throws {
            if let unknown = target.first(where: { FuzzTarget.named($0) == nil }) {
                throw ValidationError("There is no target “\(unknown)”.")
            }
        }

        func run() throws {
            let targets = target.isEmpty ? FuzzTarget.all : target.compactMap(FuzzTarget.named)
            for target in targets {
                if files.isEmpty { try fuzz(target) } else { try runFiles(target) }
            }
        }

        private func runFiles(_ target: FuzzTarget) throws {
            for file in files {
                let input = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
                _ = try target.run(FuzzInput(input))
                print("\(target.name): \(file) is as it should be")
            }
        }

        private func fuzz(_ target: FuzzTarget) throws {
            let start = ContinuousClock.now
            do {
                var run = try FuzzRun(target, seed: seed, others: try FuzzCorpus.inputs(of: target.name))
                try run.run(count) { input in
                    if let keepLast { try Data(input).write(to: URL(fileURLWithPath: keepLast)) }
                }
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                print(
                    "\(target.name): \(run.executionCount) executions, \(Int(Double(run.executionCount) / seconds)) a second, "
                        + "\(run.kindCount) kinds of outcomes, the slowest took \(run.slowest)")
            } catch let failure as FuzzRun.Failure {
                let path = "finding-\(target.name)"
                try Data(failure.input).write(to: URL(fileURLWithPath: path))
                print("\(failure)\nIt stands in \(path).")
                throw ExitCode.failure
            }
        }
    }
#endif

import ArgumentParser
import CodCore
import CodRetrieve

/// `cod stats`
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tell what there is of studies, what is saved, and what is left to fetch.",
        discussion: """
            EXAMPLES
              cod stats 'https://portal.example/bucket?token=…' 1.2.840.99
              cod stats gs://bucket/dicomweb --studies-from list.txt -o studies --json
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var log: LogOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder whose files count as saved.", valueName: "dir"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let output { try OutputFolder.check(output) }
    }

    func run() async throws {
        let retrieval = try Retrieval(source: source, selection: selection, output: output ?? ".", log: log)
        let plan = try await retrieval.plan()
        let stats = try await retrieval.pipeline.stats(of: plan, options: retrieval.options)
        if json {
            Console.standard.result(try JSONLines.line(stats))
        } else {
            for line in StatsTable(stats: stats).lines { Console.standard.result(line) }
        }
        try retrieval.tellFailures(of: plan)
    }
}

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
              cod stats gs://bucket/dicomweb --modality CT --where 'ImageType!=LOCALIZER'
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var layout: LayoutOptions
    @OptionGroup var log: LogOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder whose files count as saved.", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Flag(help: "What counts as saved is what zips hold, as download --zip-only makes them.")
    var zipOnly = false

    @Option(
        help: ArgumentHelp("The folder of zips (default: the one for downloads, ~/Downloads say).", valueName: "dir"),
        completion: .directory)
    var zipDir: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let output { try OutputFolder.check(output) }
        if let zipDir { try OutputFolder.check(zipDir, flag: "--zip-dir") }
        if zipDir != nil, !zipOnly { throw ValidationError("--zip-dir is the folder of zips; give --zip-only, too.") }
        if zipOnly, output != nil {
            throw ValidationError("--output is a folder of files, and with --zip-only only zips count; give --zip-dir.")
        }
    }

    func run() async throws {
        if zipOnly, layout.layout != nil {
            throw ValidationError("--layout says where files are, and with --zip-only only zips count; leave one out.")
        }
        let zips = zipOnly ? ZipChoice(folder: zipDir ?? DownloadFolder.path(), isOnly: true) : nil
        let retrieval = try Retrieval(
            source: source, selection: selection, output: zips?.folder ?? output ?? ".",
            layout: try zipOnly ? nil : layout.layout(in: output ?? "."), zips: zips, log: log,
            shard: sharding.shard)
        let plan = try await retrieval.plan()
        let stats = try await retrieval.pipeline.stats(of: plan, options: retrieval.options)
        if json {
            Console.standard.result(try JSONLines.line(stats))
        } else {
            for line in StatsTable(stats: stats, columnCount: Console.standard.resultColumnCount).lines {
                Console.standard.result(line)
            }
        }
        try retrieval.tellFailures(of: plan)
    }
}

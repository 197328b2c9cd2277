import ArgumentParser
import CodCore
import CodRetrieve

/// `cod download`
struct DownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Save studies to a folder, every instance verified; what is there already is not fetched.",
        discussion: """
            Instances land in DIR/<study>/<series>/instances/<instance>.dcm. Run the same command again after a break: \
            only what is missing is fetched. With --zip each whole study is also zipped, as <study>.zip; \
            with --zip-only it is saved as that alone.

            EXAMPLES
              cod download 'https://portal.example/bucket?token=…' 1.2.840.99 -o studies
              cod download gs://bucket/dicomweb --studies-from list.txt --token-file token
              cod download /mnt/copy-of-bucket 1.2.840.99 --modality CT --dry-run
              cod download gs://bucket/dicomweb 1.2.840.99 --where 'SliceLocation=10..20'
              cod download gs://bucket/dicomweb --series-description '*lung*' --every 5
              cod download gs://bucket/dicomweb 1.2.840.99 -o studies --zip --zip-dir zips
              cod download gs://bucket/dicomweb 1.2.840.99 --zip-only --zip-dir zips
              cod download gs://bucket/dicomweb -o studies --shard 2/8
              cod download gs://bucket/dicomweb --limit-rate 20M --max-bytes 500G
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var zips: ZipFlags
    @OptionGroup var limits: LimitOptions
    @OptionGroup var reporting: ReportOptions
    @OptionGroup var log: LogOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder to save to (asked for on a terminal, else the current one).", valueName: "dir"))
    var output: String?

    // What follows is the value also when it begins with a minus, so that a mistake names it.
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("Connections for archives at a time, at most: as many are used as bring more.", valueName: "n"))
    var jobs = 8

    @Flag(help: "Do not compare checksums.")
    var noVerify = false

    @Flag(help: "Begin also when the disk has less room than the studies take, for disks that compress.")
    var noSpaceCheck = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be fetched; fetch and write nothing.")
    var dryRun = false

    @Flag(help: "Print events, one JSON object on a line.")
    var json = false

    func validate() throws {
        if let output { try OutputFolder.check(output) }
        if zips.zipOnly, output != nil {
            throw ValidationError("--output is the folder for files, and --zip-only saves none; give --zip-dir for the zips.")
        }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is \(jobs); give a number from 1 to 256.") }
    }

    func run() async throws {
        let choice = zips.choice()
        let only = choice.flatMap { $0.isOnly ? $0.folder : nil }
        let folder = try only ?? output ?? (DirectoryPrompt.isPossible ? DirectoryPrompt.onTerminal() : ".")
        let retrieval = try Retrieval(
            source: source, selection: selection, output: folder, zips: choice, log: log, limits: limits, shard: sharding.shard,
            connectionCount: jobs, verifies: !noVerify, checksSpace: !noSpaceCheck)
        if dryRun {
            try await DryRun(retrieval: retrieval, isJSON: json, maximumRate: limits.rate).run()
        } else {
            try await DownloadRun(
                retrieval: retrieval, isJSON: json, isQuiet: log.quiet, reportPath: reporting.report
            ).run()
        }
    }
}

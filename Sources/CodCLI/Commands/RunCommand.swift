import ArgumentParser
import CodCore
import CodRetrieve

/// `cod run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Retrieve what a plan says, every instance verified; what is there already is not fetched.",
        discussion: """
            The plan is a file that cod plan has made. Archives are read in the very generation that it names: a series that \
            has changed since fails, and needs a new plan. Run the same command again after a break.

            EXAMPLES
              cod run plan.jsonl -o studies
              cod run plan.jsonl -o studies --shard 0/4
              cod run plan.jsonl --token-file token --zip-only --zip-dir zips
              cod run - -o studies
            """)

    @Argument(help: "The file that cod plan has made; - is standard input.")
    var plan: String

    @OptionGroup var access: AccessOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var zips: ZipFlags
    @OptionGroup var limits: LimitOptions
    @OptionGroup var reporting: ReportOptions
    @OptionGroup var log: LogOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder to save to (asked for on a terminal, else the current one).", valueName: "dir"))
    var output: String?

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
        if plan.isEmpty { throw ValidationError("The plan is empty; give the name of a file, or - for standard input.") }
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
            planFile: plan, access: access, shard: sharding.shard, output: folder, zips: choice, log: log,
            limits: limits, connectionCount: jobs, verifies: !noVerify, checksSpace: !noSpaceCheck)
        if dryRun {
            try await DryRun(retrieval: retrieval, isJSON: json, maximumRate: limits.rate).run()
        } else {
            try await DownloadRun(
                retrieval: retrieval, isJSON: json, isQuiet: log.quiet, reportPath: reporting.report
            ).run()
        }
    }
}

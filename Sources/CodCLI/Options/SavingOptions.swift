import ArgumentParser
import CodRetrieve
import SystemPackage

/// Where to save, over how many connections, and what is checked and told; the same for every command that saves.
///
/// It stands behind the other groups of a command: `--help` lists flags in the order of declaration.
struct SavingOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder to save to (asked for on a terminal, else the current one).", valueName: "dir"),
        completion: .directory)
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
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is \(jobs); give a number from 1 to 256.") }
    }

    /// Throws where the flags contradict those for zips.
    func check(with zips: ZipFlags) throws {
        if zips.zipOnly, output != nil {
            throw ValidationError("--output is the folder for files, and --zip-only saves none; give --zip-dir for the zips.")
        }
    }

    /// The folder to save to, of the zips where there is nothing else; asks for it where nobody said and somebody is there.
    func folder(with zips: ZipChoice?) throws -> String {
        if let zips, zips.isOnly { return zips.folder }
        return try output ?? (DirectoryPrompt.isPossible ? DirectoryPrompt.onTerminal() : ".")
    }

    /// Throws an error of usage when the report would take the place of the log.
    private static func checkApart(_ report: String?, _ logFile: String?) throws {
        guard let report, let logFile, FilePath(report).lexicallyNormalized() == FilePath(logFile).lexicallyNormalized() else {
            return
        }
        throw ValidationError("--report and --log-file are both \(report); give two files.")
    }

    /// Retrieves, or says what would be retrieved.
    func run(_ retrieval: Retrieval, limits: LimitOptions, reporting: ReportOptions, log: LogOptions) async throws {
        try Self.checkApart(reporting.report, log.logFile)
        if dryRun {
            try await DryRun(retrieval: retrieval, isJSON: json, maximumRate: limits.rate).run()
        } else {
            try await DownloadRun(
                retrieval: retrieval, isJSON: json, isQuiet: log.quiet, reportPath: reporting.report
            ).run()
        }
    }
}

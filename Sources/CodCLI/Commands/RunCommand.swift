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
    @OptionGroup var saving: SavingOptions

    func validate() throws {
        if plan.isEmpty { throw ValidationError("The plan is empty; give the name of a file, or - for standard input.") }
        try saving.check(with: zips)
    }

    func run() async throws {
        let choice = zips.choice()
        let retrieval = try Retrieval(
            planFile: plan, access: access, shard: sharding.shard, output: try saving.folder(with: choice), zips: choice,
            log: log,
            limits: limits, connectionCount: saving.jobs, verifies: !saving.noVerify, checksSpace: !saving.noSpaceCheck)
        try await saving.run(retrieval, limits: limits, reporting: reporting, log: log)
    }
}

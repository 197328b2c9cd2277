import ArgumentParser
import CodCore
import CodRetrieve

/// `cod plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print what a download would fetch as a plan, which cod run retrieves later or elsewhere.",
        discussion: """
            The plan is JSON, one object on a line: studies, series with their archives and generations, portions and \
            instances. It holds no token, and the same store gives the same plan. What cannot be retrieved is in it, too.

            EXAMPLES
              cod plan gs://bucket/dicomweb 1.2.840.99 > plan.jsonl
              cod plan gs://bucket/dicomweb --studies-from list.txt > plan.jsonl
              cod plan /mnt/copy-of-bucket --modality CT --shard 0/4 > first.jsonl
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var log: LogOptions

    @Flag(help: "With --shard: each study is in one shard as a whole, so that it can be zipped.")
    var wholeStudies = false

    func validate() throws {
        if wholeStudies, sharding.shard == nil {
            throw ValidationError("--whole-studies tells how to divide, and nothing is divided; give --shard, too.")
        }
    }

    func run() async throws {
        var retrieval = try Retrieval(source: source, selection: selection, output: ".", log: log)
        retrieval.sharing = sharding.shard.map { Sharing(shard: $0, keepsStudiesWhole: wholeStudies) }
        let header = PlanHeader(
            place: try retrieval.place(), selection: retrieval.request.selection, shard: sharding.shard,
            keepsStudiesWhole: wholeStudies)
        let plan = try await retrieval.plan()
        try PlanWriter(header: header).write(plan) { line in
            Console.standard.result(line)
            if let failure = Console.standard.resultFailure { throw failure }
        }
        try retrieval.tellFailures(of: plan)
    }
}

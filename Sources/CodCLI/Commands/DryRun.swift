import CodCore

/// Says what a download would fetch, and changes nothing.
struct DryRun {
    let retrieval: Retrieval
    let isJSON: Bool
    var console = Console.standard

    func run() async throws {
        let plan = try await retrieval.plan()
        let (stats, obstacle) = try await retrieval.pipeline.rehearse(plan, options: retrieval.options)
        if isJSON {
            console.result(try JSONLines.line(RetrievalEvent.plan(stats)))
        } else {
            for line in StatsTable(stats: stats, columnCount: console.resultColumnCount).lines { console.result(line) }
            let zipped =
                retrieval.zips.map {
                    $0.isOnly ? ", in a zip for each study" : ", and each whole study zipped in \($0.folder)"
                } ?? ""
            console.say("Nothing was fetched. Without --dry-run it would be saved to \(retrieval.output)\(zipped).")
        }
        if let obstacle { console.say("cod: A download would not begin: \(obstacle.sentence)") }
        try retrieval.tellFailures(of: plan)
    }
}

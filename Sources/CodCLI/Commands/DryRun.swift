import CodCore

/// Says what a download would fetch, and changes nothing.
struct DryRun {
    let retrieval: Retrieval
    let isJSON: Bool
    /// Bytes a second at most; `nil`: as many as can.
    var maximumRate: Int64?
    var console = Console.standard

    func run() async throws {
        let plan = try await retrieval.plan()
        let rehearsal = try await retrieval.pipeline.rehearsal(of: plan, options: retrieval.options)
        let (stats, obstacle) = (rehearsal.stats, rehearsal.obstacle)
        let room = DownloadRoom(rehearsal, retrieval, maximumRate: maximumRate)
        if isJSON {
            console.result(try JSONLines.line(Answer(stats: stats, room: room)))
        } else {
            for line in StatsTable(stats: stats, columnCount: console.resultColumnCount).lines { console.result(line) }
            for line in room.lines { console.say(line) }
        }
        if let obstacle { console.say("cod: A download would not begin: \(obstacle.sentence)") }
        try retrieval.tellFailures(of: plan)
    }

    /// The `plan` event, and the room beside it.
    private struct Answer: Encodable {
        let event = "plan"
        let schema = RetrievalEvent.schema
        let stats: DownloadStats
        let room: DownloadRoom
    }
}

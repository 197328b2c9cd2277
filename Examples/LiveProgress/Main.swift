import ArgumentParser
import CodCore
import CodRetrieve

/// `LiveProgress SOURCE OUTPUT [STUDY…]`: retrieves studies, and shows how far they are.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "LiveProgress", abstract: "Retrieve studies, and show how far they are.")

    @Argument(help: "Where the studies are: a link, gs://BUCKET/PREFIX, or a folder.")
    var source: String

    @Argument(help: "The folder to save to.")
    var output: String

    @Argument(help: "Study Instance UIDs; all studies of the source when there is none.")
    var studies: [String] = []

    func run() async throws {
        let download = CodDownload()
        try await download.initDirectory(output)
        try download.initBucket(source)
        let job = try await download.download(studies)
        let (view, text) = (TerminalView(), ProgressText())
        let report = await Self.retrieve(job) { model, time in
            await view.show(text.lines(of: model, at: time), isLast: model.completion != nil)
        }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
        if let interruption = report.interruption { throw interruption }
        if !report.isComplete { throw ExitCode.failure }
    }

    /// Runs a job and shows it; answers when both have ended.
    static func retrieve(
        _ job: Job, in loop: ProgressLoop = ProgressLoop(),
        show: @escaping @Sendable (ProgressModel, Duration) async -> Void
    ) async -> RetrievalReport {
        // Before it starts: a sequence holds what happens from when it was asked for.
        let events = job.events
        async let report = job.start()
        await loop.follow(events, show: show)
        return await report
    }
}

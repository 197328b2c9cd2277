import CodCore
import CodRetrieve

/// `LiveProgress SOURCE OUTPUT [STUDY…]`: retrieves studies, and shows how far they are.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let source = arguments.first else {
            print("usage: LiveProgress SOURCE OUTPUT [STUDY…]")
            return
        }
        let download = CodDownload()
        try await download.initDirectory(arguments[arguments.startIndex + 1])
        try download.initBucket(source)
        let job = try await download.download(Array(arguments.dropFirst(2)))
        let (view, text) = (TerminalView(), ProgressText())
        let report = await retrieve(job) { model, time in
            await view.show(text.lines(of: model, at: time), isLast: model.completion != nil)
        }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
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

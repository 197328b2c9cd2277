import ArgumentParser
import CodCore
import CodRetrieve
import CodTesting
import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `cod demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Retrieve a synthetic study from a store on this machine, the way a real one is retrieved.",
        discussion: """
            Writes a store of a CT phantom, serves it on loopback with a token and short pages, and downloads it over HTTP.

            EXAMPLES
              cod demo
              cod demo -o /tmp/demo --seed 42
            """)

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to save to.", valueName: "dir"), completion: .directory)
    var output = "cod-demo"

    @Option(help: "The seed of the study.")
    var seed: UInt64 = 1

    @OptionGroup var log: LogOptions

    func validate() throws { try OutputFolder.check(output) }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-demo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try SyntheticStudy(seed: seed, seriesCount: 3, instancesPerSeries: 24, cineFrameCount: 30)
        say("Making a synthetic study: three CT series and an ultrasound cine.")
        _ = try study.write(to: StoreWriter(folder: folder.path, bucket: "demo-bucket"))

        let token = UUID().uuidString
        var rules = LoopbackStore.Rules()
        rules.acceptedTokens = [token]
        rules.pageLimit = 2
        let server = try LoopbackStore(
            bucketName: "demo-bucket", folder: folder.path, prefix: "dicomweb", rules: rules)
        let endpoint = try await server.start()
        say("Serving it at \(endpoint), with a token; retrieving it to \(output).")
        do {
            try await retrieve(study.uid, from: endpoint, token: token)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func retrieve(_ study: String, from endpoint: String, token: String) async throws {
        var gcs = GCSOptions()
        gcs.endpoint = try StorageEndpoint(parsing: endpoint)
        let options = RetrievalOptions(logger: log.logger())
        gcs.logger = options.logger
        let source = try Source("https://portal.example/demo-bucket?token=\(token)")
        let retrieval = Retrieval(
            try StoreAccess(source, options: gcs), request: RetrievalRequest(studies: [study]), options: options,
            output: output)
        let report = try await DownloadRun(retrieval: retrieval, isJSON: false, isQuiet: log.quiet).run()
        for line in FolderTree(of: report, root: output).lines { Console.standard.result(line) }
        guard let line = verdict(report) else { throw ExitStatus.failure }
        Console.standard.result(line)
    }

    /// What the demo has shown; `nil` when it has not.
    private func verdict(_ report: RetrievalReport) -> String? {
        let seriesCount = report.studies.reduce(0) { $0 + $1.series.count }
        let series = Amount.count(seriesCount, "series")
        if report.savedCount == 0, report.skippedCount > 0 {
            return "All \(Amount.count(report.skippedCount, "instance")) of \(series) were there already; nothing was fetched."
        }
        guard report.isComplete, report.savedCount > 0, report.verifiedCount == report.savedCount else { return nil }
        return "All \(Amount.count(report.savedCount, "instance")) of \(series) are saved and verified."
    }

    private func say(_ line: String) {
        if !log.quiet { Console.standard.say(line) }
    }
}

import ArgumentParser
import CodCore
import CodRetrieve
import CodTransport
import Hummingbird
import HummingbirdCore
import Logging

/// `StudyService SOURCE CACHE`: an HTTP service that retrieves studies when somebody asks for them.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "StudyService", abstract: "Serve studies of a source as zips, made when they are asked for.")

    @Argument(help: "Where the studies are: a link, gs://BUCKET/PREFIX, or a folder.")
    var source: String

    @Argument(help: "A folder for zips.")
    var cache: String

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on.")
    var port = 8080

    @Option(help: "How many studies are retrieved at a time.")
    var retrievals = 4

    @Option(help: "How many bytes the zips may take.")
    var cacheBytes: Int64 = 20_000_000_000

    func run() async throws {
        let logger = Logger(label: "studies")
        var limits = StudyZips.Limits()
        limits.retrievalCount = max(retrievals, 1)
        limits.cacheByteCount = max(cacheBytes, 0)
        let zips = try StudyZips(StudyRetriever(source: Source(source)), in: cache, limits: limits) { logger.info("\($0)") }
        let application = Application(
            router: StudyRoutes(zips: zips).router,
            // Each request that waits holds a connection and little else.
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), availableConnectionsDelegate: MaximumAvailableConnections(1024)),
            logger: logger)
        try await application.runService()
    }
}

import ArgumentParser
import CodCore
import CodRetrieve
import CodSink
import CodTransport

/// `IdentityCheck SOURCE OUTPUT [STUDY…]`: retrieves studies, and saves only files that are what the store calls them.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "IdentityCheck", abstract: "Retrieve studies, and save only files that are what the store calls them.")

    @Argument(help: "Where the studies are: a link, gs://BUCKET/PREFIX, or a folder.")
    var source: String

    @Argument(help: "The folder to save to.")
    var output: String

    @Argument(help: "Study Instance UIDs; all studies of the source when there is none.")
    var studies: [String] = []

    func run() async throws {
        let report = try await Self.retrieve(studies, from: Source(source), to: output)
        for failure in report.failures { print(failure) }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
        if !report.isComplete { throw ExitCode.failure }
    }

    /// Retrieves studies into a folder; no study: all of the source.
    static func retrieve(
        _ studies: [String], from source: Source, to output: String, options: GCSOptions = GCSOptions()
    ) async throws -> RetrievalReport {
        let access = try StoreAccess(source, options: options)
        let pipeline = access.pipeline {
            FileMetaCheck()
            DirectorySink(at: output)
        }
        return try await pipeline.run(access.catalog.plan(for: studies))
    }
}

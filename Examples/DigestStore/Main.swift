import ArgumentParser
import CodCore
import CodRetrieve
import CodTransport

/// `DigestStore SOURCE STORE [STUDY…]`: retrieves studies into a store that is addressed by content.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DigestStore", abstract: "Retrieve studies into a store that is addressed by content.")

    @Argument(help: "Where the studies are: a link, gs://BUCKET/PREFIX, or a folder.")
    var source: String

    @Argument(help: "The folder that holds objects and index.")
    var store: String

    @Argument(help: "Study Instance UIDs; all studies of the source when there is none.")
    var studies: [String] = []

    func run() async throws {
        let report = try await Self.retrieve(studies, from: Source(source), to: ContentStore(at: store))
        for failure in report.failures { print(failure) }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
        let instances = report.studies.flatMap(\.series).flatMap(\.instances)
        print("\(instances.count) instances are \(Set(instances.map(\.path)).count) objects")
        if !report.isComplete { throw ExitCode.failure }
    }

    /// Retrieves studies into a store; no study: all of the source.
    static func retrieve(
        _ studies: [String], from source: Source, to store: ContentStore, options: GCSOptions = GCSOptions()
    ) async throws -> RetrievalReport {
        let access = try StoreAccess(source, options: options)
        let pipeline = access.pipeline { store }
        return try await pipeline.run(access.catalog.plan(for: studies))
    }
}

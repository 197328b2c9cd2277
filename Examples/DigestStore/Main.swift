import CodCore
import CodRetrieve
import CodTransport

/// `DigestStore SOURCE STORE [STUDY…]`: retrieves studies into a store that is addressed by content.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let source = arguments.first else {
            print("usage: DigestStore SOURCE STORE [STUDY…]")
            return
        }
        let store = ContentStore(at: arguments[arguments.startIndex + 1])
        let report = try await retrieve(Array(arguments.dropFirst(2)), from: Source(source), to: store)
        for failure in report.failures { print(failure) }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
        let instances = report.studies.flatMap(\.series).flatMap(\.instances)
        print("\(instances.count) instances are \(Set(instances.map(\.path)).count) objects")
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

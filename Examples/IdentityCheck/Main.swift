import CodCore
import CodRetrieve
import CodSink
import CodTransport

/// `IdentityCheck SOURCE OUTPUT [STUDY…]`: retrieves studies, and saves only files that are what the store calls them.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let source = arguments.first else {
            print("usage: IdentityCheck SOURCE OUTPUT [STUDY…]")
            return
        }
        let output = arguments[arguments.startIndex + 1]
        let report = try await retrieve(Array(arguments.dropFirst(2)), from: Source(source), to: output)
        for failure in report.failures { print(failure) }
        print("\(report.savedCount) saved, \(report.skippedCount) were there, \(report.failedCount) failed")
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

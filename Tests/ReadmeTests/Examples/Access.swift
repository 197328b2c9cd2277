import CodCore
import CodRetrieve
import CodTransport

/// Compiled, not run: there is no such bucket.
func access() async throws {
    // begin
    let access = try StoreAccess(Source("gs://my-bucket/dicomweb"), options: GCSOptions())
    let plan = try await access.catalog.plan(for: ["1.2.840.113619.2.55.3"])
    let report = try await access.pipeline(to: "studies").run(plan)
    print("\(report.savedCount) saved, \(report.skippedCount) there already, \(report.failedCount) failed")
    // end
}

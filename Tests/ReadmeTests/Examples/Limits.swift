import CodCore
import CodExtract
import CodSink
import CodTransport

/// Compiled, not run: there is no such bucket.
func limits(_ details: BucketDetails) async throws {
    // begin
    var options = RetrievalOptions(connectionCount: 4)
    options.maximumByteCount = 50 << 30  // the rest is for the next run
    options.retry.maximumFailureTime = .seconds(3600)

    var access = GCSOptions()
    access.connectionCount = options.connectionCount
    access.maximumRate = 20_000_000  // bytes a second, over all connections
    let bucket = GCSBucket(details, options: access)

    let pipeline = Pipeline {
        bucket.fetcher
        TarExtractor()
        ChecksumVerifier()
        DirectorySink(at: "studies")
    }
    let plan = try await bucket.catalog.plan(for: ["1.2.840.113619.2.55.3"])
    let (stats, obstacle) = try await pipeline.rehearse(plan, options: options)
    if let obstacle { throw obstacle }
    print("\(stats.transferSizeBytes) bytes will be fetched.")
    try await pipeline.run(plan, options: options)
    // end
}

import CodCore
import CodExtract
import CodSink
import CodTransport

/// The bucket of the store on this machine.
func openBucket(at endpoint: String) throws -> GCSBucket {
    var options = GCSOptions()
    options.endpoint = try StorageEndpoint(parsing: endpoint)
    options.credentials = Anonymous()
    return GCSBucket(BucketDetails(bucket: "sample", bucketPrefix: "dicomweb"), options: options)
}

/// Fetch, extract, verify, save.
func makePipeline(from bucket: GCSBucket, to folder: String) -> Pipeline {
    Pipeline {
        bucket.fetcher
        TarExtractor()
        ChecksumVerifier()
        DirectorySink(at: folder)
    }
}

/// Retrieves what of a study is not in the folder yet.
func retrieve(_ study: String, from bucket: GCSBucket, to folder: String) async throws -> RetrievalReport {
    let plan = try await bucket.catalog.plan(for: [study])
    return try await makePipeline(from: bucket, to: folder).run(plan)
}

import CodCore
import CodExtract
import CodManifest
import CodSink
import CodTransport

/// Compiled, not run: there is no such bucket.
func compose(token: String?) async throws {
    // begin
    let bucket = BucketDetails(bucket: "my-bucket", bucketPrefix: "my-prefix/dicomweb", token: token)
    let pipeline = Pipeline {
        GCSFetcher(bucket)
        TarExtractor()
        ChecksumVerifier()
        DirectorySink(at: "studies")
        ChecksumManifest()  // a plug-in: a list for sha256sum -c
    }
    let report = try await pipeline.run(bucket.plan(for: ["1.2.840.113619.2.55.3"]))
    print("\(report.verifiedCount) verified, \(report.failures.count) failures")
    // end
}

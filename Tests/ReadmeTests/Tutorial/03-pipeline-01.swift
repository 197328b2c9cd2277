import CodTransport

struct PipelineStep1 {
    // begin
    /// The bucket of the store on this machine.
    func openBucket(at endpoint: String) throws -> GCSBucket {
        var options = GCSOptions()
        options.endpoint = try StorageEndpoint(parsing: endpoint)
        options.credentials = Anonymous()
        return GCSBucket(BucketDetails(bucket: "sample", bucketPrefix: "dicomweb"), options: options)
    }
    // end
}

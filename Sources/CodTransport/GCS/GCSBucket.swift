/// A bucket of Google Cloud Storage: its catalog and its fetcher, with credentials and connections in common.
public struct GCSBucket: Sendable {
    /// Plans what is retrieved.
    public let catalog: GCSCatalog
    /// Reads what was planned.
    public let fetcher: GCSFetcher
    /// What both speak through.
    let client: GCSClient

    /// Makes both. What is wrong with the bucket or the options is thrown when one of them is first used.
    public init(_ details: BucketDetails, options: GCSOptions = GCSOptions()) {
        client = GCSClient(details, options: options)
        catalog = GCSCatalog(client: client)
        fetcher = GCSFetcher(client: client)
    }
}

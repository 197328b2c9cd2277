public import CodCore

/// Knows what a bucket of Google Cloud Storage holds: lists studies, reads their metadata, and plans.
public struct GCSCatalog: Catalog {
    private let catalog: StoreCatalog<GCSStore>
    private let client: GCSClient

    /// Where the bucket's objects lie.
    var address: BucketAddress {
        get throws(CodError) { try client.address }
    }

    /// Plans from a bucket. What is wrong with the bucket or the options is thrown by the first plan.
    ///
    /// To share connections with a fetcher, make both from one ``GCSBucket``.
    public init(_ bucket: BucketDetails, options: GCSOptions = GCSOptions()) {
        self.init(client: GCSClient(bucket, options: options))
    }

    init(client: GCSClient) {
        self.client = client
        let options = client.options
        let context = StageContext(
            logger: options.logger, meter: SeriesMeter { _ in }, retry: options.retry, timing: options.timing)
        catalog = StoreCatalog(
            store: GCSStore(client), context: context, concurrentRequestCount: PaceGate.requestCount(planningFor: options))
    }

    /// Lists the studies and reads their metadata, several at a time. No study: all of them. Throws when the bucket cannot be
    /// reached, or the token is refused; what is wrong with one study or series is in the plan.
    @concurrent public func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        try await catalog.plan(request)
    }
}

extension BucketDetails {
    /// Plans whole studies, or what a selection leaves of them, straight from the bucket; no study: all of them.
    public func plan(
        for studies: [String] = [], selection: Selection = .everything, options: GCSOptions = GCSOptions()
    ) async throws -> RetrievalPlan {
        try await GCSCatalog(self, options: options).plan(RetrievalRequest(studies: studies, selection: selection))
    }
}

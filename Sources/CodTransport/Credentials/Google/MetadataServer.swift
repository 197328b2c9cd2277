import CodCore

/// The service account of the machine that this runs on, at Google: its metadata server issues tokens to whoever asks from there.
struct MetadataServer: TokenIssuer {
    private static let header: KeyValuePairs = ["Metadata-Flavor": "Google"]

    private let endpoint: TokenEndpoint

    /// `nil` where this machine does not look like one of Google's, so that nobody waits for a server that is not there.
    ///
    /// - Parameter productName: what the firmware calls the machine.
    init?(environment: [String: String], productName: () -> String?, options: GCSOptions) {
        let named = environment["GCE_METADATA_HOST"] ?? environment["GCE_METADATA_ROOT"]
        if environment["NO_GCE_CHECK"]?.lowercased() == "true" { return nil }
        let isAtGoogle =
            named != nil || environment["K_SERVICE"] != nil || environment["CLOUD_RUN_JOB"] != nil
            || productName()?.hasPrefix("Google") == true
        let path = "/computeMetadata/v1/instance/service-accounts/default/token?scopes=\(ServiceAccount.scope)"
        guard isAtGoogle, let address = HTTPAddress(parsing: "http://\(named ?? "metadata.google.internal")\(path)") else {
            return nil
        }
        var options = options
        // It answers those alone that are on the machine itself.
        options.proxies = ProxyRules.none
        options.connectTimeout = min(options.connectTimeout, .seconds(3))
        endpoint = TokenEndpoint(address, options: options)
    }

    func issue() async throws -> IssuedToken {
        try await endpoint.get(headers: Self.header).token(
            from: "The metadata server \(endpoint.address.origin)",
            renewing: "Give the machine a service account that may read the bucket.")
    }
}

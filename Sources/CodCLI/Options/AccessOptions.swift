import ArgumentParser
import CodCore
import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How to get to a store: the endpoint, credentials, and patience.
struct AccessOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The storage endpoint (default: STORAGE_EMULATOR_HOST, or Google's).", valueName: "url"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp("A file with the access token; it is read again when the token expires.", valueName: "file"),
        completion: .file())
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A command that prints the access token, such as gcloud auth print-access-token; it is run again when the token expires.",
            valueName: "command"))
    var tokenCommand: String?

    @Option(
        help: ArgumentHelp("The Google Cloud project that pays, for buckets whose readers pay.", valueName: "project"))
    var userProject: String?

    @Option(
        help: ArgumentHelp("Certificates to trust besides the system's, such as a proxy's; PEM.", valueName: "file"),
        completion: .file())
    var caCert: String?

    @Flag(help: "Send the token over plain http to hosts other than this one.")
    var insecure = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Seconds without a byte before a request is made again; or twice as many at less than 16 KiB a second.",
            valueName: "seconds"))
    var timeout: Double = 30

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often in a row a request that fails is made again without progress. A store that has answered and cannot be reached "
                + "any more is tried for 15 minutes, unless this is 0.",
            valueName: "n"))
    var retries = 10

    func validate() throws {
        if tokenFile != nil, tokenCommand != nil {
            throw ValidationError("--token-file and --token-command contradict each other: give one of them.")
        }
        guard (0...1_000_000).contains(retries) else {
            throw ValidationError("--retries is \(retries); give a number from 0 (try once) to 1000000.")
        }
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout is \(timeout); give a number of seconds above 0 and up to 86400.")
        }
    }

    /// How requests that fail are made again.
    var retryPolicy: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumFailureCount = retries + 1
        // Who asks for more tries also gets the time for them.
        policy.maximumFailureTime = max(policy.maximumFailureTime, .seconds(90) * retries)
        return policy
    }

    /// How a bucket is reached, by flags and environment.
    func gcsOptions(for source: Source, _ retrieval: RetrievalOptions, _ limits: LimitOptions? = nil) throws -> GCSOptions {
        let environment = ProcessInfo.processInfo.environment
        var options = GCSOptions()
        options.endpoint = try endpoint.map { try StorageEndpoint(parsing: $0) }
        var link: Secret?
        if case .bucket(let details) = source { link = details.token }
        options.trustedCertificates = try caCert.map { try TrustedCertificates(contentsOf: $0) }
        options.timeout = .seconds(timeout)
        options.paceInterval = .seconds(2 * timeout)
        options.retry = retrieval.retry
        options.allowsInsecure = insecure
        options.connectionCount = retrieval.connectionCount
        options.logger = retrieval.logger
        options.timing = retrieval.timing
        options.maximumRate = limits?.rate
        options.userProject = userProject
        options.credentials = CredentialsChoice.choose(
            tokenFile: tokenFile, tokenCommand: tokenCommand, environment: environment, link: link, options: options)
        return options
    }
}

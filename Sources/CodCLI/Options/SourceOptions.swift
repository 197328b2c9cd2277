import ArgumentParser
import CodCore
import CodRetrieve
import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where studies come from and how to get there; the same for every command that retrieves.
struct SourceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A portal link, gs://BUCKET[/PREFIX], or a folder that holds studies/.",
            discussion:
                "https://HOST/BUCKET[/PREFIX…]?token=TOKEN: /dicomweb is added to the prefix; requests go to the endpoint. @NAME: the source of a profile in the configuration file."
        ),
        completion: .custom { _, _, prefix in SourceNames.completing(prefix) })
    var source: String

    @Argument(help: "Studies to work on (Study Instance UIDs); none: every study of the source.")
    var studies: [String] = []

    @Option(
        help: ArgumentHelp("More studies, one a line; - is standard input, # starts a comment.", valueName: "file"),
        completion: .file())
    var studiesFrom: String?

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

    /// The source, understood; throws an error of usage that shows how it was understood.
    func parsedSource() throws -> Source { try Source(source) }

    /// How a bucket is reached, by flags and environment.
    func gcsOptions(for source: Source, _ retrieval: RetrievalOptions) throws -> GCSOptions {
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
        options.userProject = userProject
        options.credentials = CredentialsChoice.choose(
            tokenFile: tokenFile, tokenCommand: tokenCommand, environment: environment, link: link, options: options)
        return options
    }

    /// All studies named, in order; each is a possible identifier.
    func namedStudies() throws -> [String] {
        let names = studies + (try studiesFrom.map(StudyList.read) ?? [])
        for name in names {
            guard let problem = UIDText.problem(with: name) else { continue }
            throw CodError(
                .invalidIdentifier, "\"\(name)\" is no study: \(problem).",
                recovery: "Give Study Instance UIDs, or their hashes.",
                reach: .job)
        }
        if names.isEmpty, studiesFrom != nil {
            throw CodError(
                .invalidIdentifier, "\(studiesFrom ?? "") names no study.", recovery: "Put one Study Instance UID on each line.",
                reach: .job)
        }
        return names
    }
}

/// Which series and instances.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only this series (repeatable).", valueName: "uid"))
    var series: [String] = []

    @Option(help: ArgumentHelp("Only this instance (repeatable).", valueName: "uid"))
    var instance: [String] = []

    @Option(help: ArgumentHelp("Only series of this modality, such as CT (repeatable).", valueName: "modality"))
    var modality: [String] = []

    @Flag(help: "Leave out series that are locked or have an error log; they are named, and are no failure.")
    var skipLocked = false

    func selection() throws -> Selection {
        for (kind, uids) in [("series", series), ("instance", instance)] {
            for uid in uids {
                guard let problem = UIDText.problem(with: uid) else { continue }
                throw CodError(.invalidIdentifier, "--\(kind) \"\(uid)\" is no identifier: \(problem).", reach: .job)
            }
        }
        return Selection(series: Set(series), instances: Set(instance), modalities: Set(modality), skipsLocked: skipLocked)
    }
}

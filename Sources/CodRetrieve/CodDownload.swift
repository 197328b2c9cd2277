public import CodCore
public import CodTransport
public import CodZip
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// cod-retrieve's interface, name for name: a folder, a bucket, stats, and jobs.
///
/// ```swift
/// let codDownload = CodDownload()
/// try await codDownload.initDirectory("studies")
/// try codDownload.initBucket("https://my-domain.com/my-bucket/my-prefix?token=my-token")
/// let job = try await codDownload.download(["1.2.840…"])
/// job.onSave { print("Saved", $0.file.path) }
/// await job.start()
/// ```
///
/// It may be used from any task. Calls that need a folder or a bucket before there is one throw an error that says so.
public final class CodDownload: Sendable {
    private struct State {
        var directory: String?
        var source: Source?
        /// The token of a link: `COD_TOKEN` goes before it. The token of a `BucketDetails` is used as given.
        var linkToken: Secret?
        /// The bucket, opened at first use: plans and jobs share its connections.
        var access: StoreAccess?
    }

    private let state = Mutex(State())
    private let gcsOptions: GCSOptions
    private let retrievalOptions: RetrievalOptions
    private let zipDirectory: String?
    private let zipOptions: ZipOptions
    private let prompt: @Sendable () async throws -> String

    /// Makes one.
    ///
    /// - Parameters:
    ///   - options: how a job runs: connections, retries.
    ///   - gcsOptions: how a bucket is reached; by default Google's endpoint or what `STORAGE_EMULATOR_HOST` says, with the token of
    ///     `COD_TOKEN` or of the link.
    ///   - zipDirectory: the folder for zips; `nil`, the default: the user's own for downloads, ``DownloadFolder``.
    ///   - zipOptions: how studies are zipped.
    ///   - prompt: asks for a folder when ``initDirectory(_:)`` is called without one; by default on the terminal.
    public init(
        options: RetrievalOptions = RetrievalOptions(),
        gcsOptions: GCSOptions = GCSOptions(),
        zipDirectory: String? = nil,
        zipOptions: ZipOptions = ZipOptions(),
        prompt: @escaping @Sendable () async throws -> String = { try DirectoryPrompt.onTerminal() }
    ) {
        retrievalOptions = options
        self.gcsOptions = gcsOptions
        self.zipDirectory = zipDirectory
        self.zipOptions = zipOptions
        self.prompt = prompt
    }

    /// Sets the folder that studies are saved to; without one it asks.
    public func initDirectory(_ path: String? = nil) async throws {
        let directory = if let path { path } else { try await prompt() }
        state.withLock { $0.directory = directory }
    }

    /// Sets the bucket by a link (`https://HOST/BUCKET[/PREFIX…]?token=TOKEN`), by `gs://BUCKET[/PREFIX]`, or a folder that holds a
    /// copy of a store.
    public func initBucket(_ link: String) throws {
        let source = try Source(link)
        var token: Secret?
        if case .bucket(let details) = source { token = details.token }
        state.withLock { ($0.source, $0.linkToken, $0.access) = (source, token, nil) }
    }

    /// Sets the bucket; its fields are used exactly as given.
    public func initBucket(_ details: BucketDetails) {
        state.withLock { ($0.source, $0.linkToken, $0.access) = (.bucket(details), nil, nil) }
    }

    /// How much there is of studies, how much is saved, and how much is left to fetch. Computed afresh at every call.
    public func getStats(_ studyInstanceUIDs: [String]) async throws -> DownloadStats {
        let (access, directory) = try opened()
        let plan = try await access.catalog.plan(for: studyInstanceUIDs)
        return try await access.pipeline(to: directory).stats(of: plan, options: options(for: access))
    }

    /// Plans the studies and makes the job that retrieves them; ``Job/start()`` starts it.
    ///
    /// - Parameters:
    ///   - studyInstanceUIDs: the studies; one that is named twice is retrieved once.
    ///   - zipOutput: also zip each study that is whole, as `<study>.zip`; studies that had been saved before are zipped too, where
    ///     they are not yet. The folder is the one that was given to the initialiser, else the user's own for downloads.
    public func download(_ studyInstanceUIDs: [String], zipOutput: Bool = false) async throws -> Job {
        let (access, directory) = try opened()
        let plan = try await access.catalog.plan(for: studyInstanceUIDs)
        var zipper: StudyZipper?
        if zipOutput {
            zipper = StudyZipper(into: zipDirectory ?? DownloadFolder.path(), options: zipOptions, besides: directory)
        }
        return access.pipeline(to: directory, zipper: zipper).job(for: plan, options: options(for: access))
    }

    /// Archives are cut as fits the source, unless the caller decided that.
    private func options(for access: StoreAccess) -> RetrievalOptions {
        var options = retrievalOptions
        if options.planning == PlanningPolicy() { options.planning = access.planning }
        return options
    }

    private func opened() throws -> (StoreAccess, String) {
        try state.withLock { state in
            guard let directory = state.directory else { throw Self.missing("folder", "initDirectory") }
            guard let source = state.source else { throw Self.missing("bucket", "initBucket") }
            var options = gcsOptions
            if let token = state.linkToken, options.credentials == nil {
                options.credentials = CredentialsChoice.choose(
                    tokenFile: nil, environment: ProcessInfo.processInfo.environment, link: token, options: options)
            }
            let access = try state.access ?? StoreAccess(source, options: options)
            state.access = access
            return (access, directory)
        }
    }

    private static func missing(_ what: String, _ call: String) -> CodError {
        CodError(.invalidSource, "There is no \(what) yet.", recovery: "Call \(call) first.", reach: .job)
    }
}

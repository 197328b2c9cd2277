public import CodCore
package import Logging

/// A store in a folder, as catalog and fetcher: a copy or a mount of a bucket, which holds `studies`.
///
/// Links in the folder are followed. `metadata.json` may be packed with gzip or plain. Archives are read with 256 KiB at a time. A file
/// that is replaced or written to after it was listed throws ``CodError/Code/objectChanged``: no byte of another version is passed on.
public struct FolderBucket: Catalog, Fetcher {
    let store: FolderStore
    private let context: StageContext
    private let threads = DiskThreads()
    private let rateLimiter: RateLimiter?

    /// Takes the folder at a path. Throws a ``CodError`` of code `invalidSource` when it is not there, or holds no `studies`.
    public init(at path: String) throws {
        try self.init(at: path, logger: Logger(label: "cod"))
    }

    /// The same, telling what is odd about the store to `logger`.
    ///
    /// - Parameter maximumRate: how many bytes of archives may be read in a second; `nil`: as many as can.
    package init(at path: String, logger: Logger, timing: Timing = .system, maximumRate: Int64? = nil) throws {
        let text = SourceText(folder: path)
        if let problem = FolderStore.problem(withFolderAt: try text.folderPath()) { throw text.invalid(problem) }
        store = FolderStore(at: path)
        rateLimiter = maximumRate.map { RateLimiter(bytesPerSecond: $0, timing: timing) }
        context = StageContext(logger: logger, meter: SeriesMeter { _ in }, retry: RetryPolicy(), timing: timing)
    }

    /// Lists the studies' folders and reads their metadata, on the folder's own threads.
    @concurrent public func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        try await withTaskExecutorPreference(threads) {
            try await StoreCatalog(store: store, context: context).plan(request)
        }
    }

    /// The identifiers of all studies, in order.
    package func studies() async throws -> [String] { try await store.studies() }

    /// Threads of its own, as many as there are processors: reading and saving wait for disks.
    public func executor(forLane lane: Int) -> (any TaskExecutor)? { threads }

    /// Opens the archive's file. Throws ``CodError/Code/objectChanged`` where it is not the one that was listed,
    /// ``CodError/Code/objectNotFound`` where it is gone, and ``CodError/Code/truncated`` where it is shorter than the portion
    /// needs.
    public func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream {
        let archive = portion.archive
        let file: StoredFile
        do {
            file = try store.open(archive.objectName, listedAs: archive.generation, byteCount: archive.byteCount)
        } catch { throw error.located(in: portion.series) }
        let range = portion.byteRange ?? 0..<(archive.byteCount ?? file.byteCount)
        guard range.lowerBound >= 0, offset >= 0, offset <= range.upperBound - range.lowerBound else {
            throw CodError(
                .protocolViolation, "Byte \(offset) of the range \(range) of \(file.path) does not exist."
            ).located(in: portion.series)
        }
        guard range.upperBound <= file.byteCount else {
            throw file.truncated(at: file.byteCount, of: range.upperBound).located(in: portion.series)
        }
        return file.stream(of: portion, range: range.lowerBound + offset..<range.upperBound).limited(by: rateLimiter)
    }
}

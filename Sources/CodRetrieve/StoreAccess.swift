public import CodCore
internal import CodExtract
internal import CodSink
public import CodTransport
public import Logging

/// A source opened: what knows what it holds, and the ready-made pipeline from it to a folder.
public struct StoreAccess: Sendable {
    /// What knows what the source holds.
    public let catalog: any Catalog
    private let makePipeline: @Sendable (DirectorySink, Bool) -> Pipeline

    /// Opens a source. `options` are of use for buckets only.
    public init(_ source: Source, options: GCSOptions) throws {
        switch source {
        case .bucket(let details):
            let bucket = GCSBucket(details, options: options)
            catalog = bucket.catalog
            makePipeline = { Self.pipeline(from: bucket.fetcher, to: $0, verifies: $1) }
        case .folder(let path):
            let folder = try FolderBucket(at: path)
            catalog = folder
            makePipeline = { Self.pipeline(from: folder, to: $0, verifies: $1) }
        }
    }

    /// The pipeline that saves to a folder: fetch, extract, verify, save.
    ///
    /// - Parameters:
    ///   - verifies: whether checksums are compared, of what is fetched and of files that are there without a record.
    ///   - logger: where the folder tells what is odd about its records.
    public func pipeline(to folder: String, verifies: Bool = true, logger: Logger = Logger(label: "cod")) -> Pipeline {
        makePipeline(DirectorySink(at: folder, checksUnrecorded: verifies, logger: logger), verifies)
    }

    private static func pipeline(from fetcher: some Fetcher, to sink: DirectorySink, verifies: Bool) -> Pipeline {
        Pipeline {
            fetcher
            TarExtractor()
            if verifies { ChecksumVerifier() }
            sink
        }
    }
}

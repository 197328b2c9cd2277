import CodCore
import CodTesting
import CodTransport
import TestSupport

/// Synthetic studies in a store that is served on a port of the system's choice.
struct ServedStudies {
    let store: LoopbackStore
    let written: WrittenStore
    let source: Source
    let options: GCSOptions
    /// For what is retrieved.
    let folder: TemporaryFolder

    /// `studyCount` studies of two series with three instances each.
    static func with(
        studyCount: Int = 1, hashesUIDs: Bool = false, _ body: (ServedStudies) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let writer = StoreWriter(folder: folder["bucket"], bucket: "bucket", hashesUIDs: hashesUIDs)
        let studies = try (0..<studyCount).map {
            try SyntheticStudy(seed: UInt64(20 + $0), seriesCount: 2, instancesPerSeries: 3, rows: 24, columns: 24)
        }
        let written = try writer.write(studies)
        try await LoopbackStore.withStore(bucketName: "bucket", folder: folder["bucket"]) { store in
            var options = GCSOptions()
            options.endpoint = try StorageEndpoint(parsing: store.endpoint)
            options.credentials = Anonymous()
            options.retry = .never
            let source = Source.bucket(BucketDetails(bucket: "bucket"))
            try await body(
                ServedStudies(store: store, written: written, source: source, options: options, folder: folder))
        }
    }

    /// How often bytes of archives were asked for.
    var archiveReadCount: Int { store.log.count(where: \.isArchiveRead) }
}

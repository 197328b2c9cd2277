import CodCore
import CodExtract
import CodSink
import CodTransport
import CodZip

/// The bucket of the store on this machine.
func openBucket(at endpoint: String) throws -> GCSBucket {
    var options = GCSOptions()
    options.endpoint = try StorageEndpoint(parsing: endpoint)
    options.credentials = Anonymous()
    return GCSBucket(BucketDetails(bucket: "sample", bucketPrefix: "dicomweb"), options: options)
}

/// Fetch, extract, verify, save, zip.
func makePipeline(from bucket: GCSBucket, to folder: String) -> Pipeline {
    Pipeline {
        bucket.fetcher
        TarExtractor()
        ChecksumVerifier()
        DirectorySink(at: folder)
        StudyZipper(into: "\(folder)-zips", besides: folder)
    }
}

/// Retrieves what of a study's ultrasound is not in the folder yet, and tells of it.
func retrieve(_ study: String, from bucket: GCSBucket, to folder: String) async throws -> RetrievalReport {
    let plan = try await bucket.catalog.plan(for: [study], selection: Selection(modalities: ["US"]))
    let pipeline = makePipeline(from: bucket, to: folder)
    let stats = try await pipeline.stats(of: plan)
    print("\(stats.totalSavedSizeBytes) of \(stats.totalSizeBytes) bytes are saved already")

    let job = pipeline.job(for: plan)
    let events = job.events
    async let report = job.start()
    for await event in events {
        switch event {
        case .plan(let stats): print("\(stats.transferSizeBytes) bytes to fetch")
        case .save(let save): print("saved \(save.file.path)")
        case .archive(let zip): print("zipped \(zip.path)")
        case .error(let failure): print("failed: \(failure.error)")
        case .complete(let end): print("\(end.saved) saved, \(end.skipped) there already, \(end.failed) failed")
        default: break
        }
    }
    return await report
}

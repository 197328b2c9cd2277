import CodCore
import CodRetrieve
import CodTransport

/// Compiled; `CodRetrieveExampleTests` runs the same calls against a store.
func codRetrieve(token: String?) async throws {
    // begin
    let codDownload = CodDownload()
    try await codDownload.initDirectory("studies")
    codDownload.initBucket(BucketDetails(bucket: "my-bucket", bucketPrefix: "my-prefix/with/dicomweb", token: token))

    let studyInstanceUIDs = ["1.2.840.113619.2.55.3.604688432.1234.1597851234.1"]
    let stats = try await codDownload.getStats(studyInstanceUIDs)
    print("Download stats:", stats.totalSeriesCount, "series,", stats.totalSizeBytes, "bytes")

    let job = try await codDownload.download(studyInstanceUIDs)
    job.onProgress { print("Downloading \($0.url)… \($0.bytesReceived) / \($0.bytesTotal ?? 0) bytes") }
    job.onDownload { print("Downloaded: \($0.url) (\($0.size) bytes)") }
    job.onExtract { print("Extracted \($0.files.count) files from: \($0.url)") }
    job.onSave { print("Saved file: \($0.file.path)") }
    job.onComplete { print("Download job completed: \($0.saved) saved, \($0.failed) failed.") }
    job.onError { print("Error downloading \($0.url ?? "the studies"):", $0.error) }
    await job.start()
    // end
}

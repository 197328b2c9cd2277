import CodCore
import CodExtract
import CodSink
import CodTransport
import CodZip

/// Compiled, not run: there is no such bucket.
func zip(bucket: BucketDetails) async throws {
    // begin
    let pipeline = Pipeline {
        GCSFetcher(bucket)
        TarExtractor()
        ChecksumVerifier()
        DirectorySink(at: "studies")
        StudyZipper(into: "zips")  // <study>.zip of each study that is whole
    }
    let report = try await pipeline.run(bucket.plan(for: ["1.2.840.113619.2.55.3"]))
    for study in report.studies { print(study.artifacts) }
    // end
}

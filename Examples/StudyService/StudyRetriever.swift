import CodCore
import CodRetrieve
import CodTransport
import CodZip

/// Finds studies in a source, and makes zips of them.
struct StudyRetriever: Sendable {
    let source: Source
    var gcsOptions = GCSOptions()
    var options = RetrievalOptions()

    /// What the source has of a study. Throws ``CodError/Code/studyNotFound`` for one that is not there.
    @concurrent func plan(_ study: String) async throws -> RetrievalPlan {
        let plan = try await StoreAccess(source, options: gcsOptions).catalog.plan(for: [study])
        if let failure = plan.studies.first?.failure { throw failure }
        return plan
    }

    /// What is left to fetch for a zip of a plan in a folder; changes nothing.
    @concurrent func stats(of plan: RetrievalPlan, into folder: String) async throws -> DownloadStats {
        try await pipeline(into: folder).stats(of: plan, options: options)
    }

    /// Makes the zip of all of a study in a folder, and answers where it is. One that is there and still right stays as it is, and nothing
    /// of it is fetched. A study of which anything failed gets none.
    @concurrent func zip(_ plan: RetrievalPlan, into folder: String) async throws -> String {
        let report = try await pipeline(into: folder).run(plan, options: options)
        if let failure = report.failures.first { throw failure }
        guard let path = report.studies.first?.artifacts.first else {
            throw CodError(.studyNotFound, "The study is there, and holds no instance.", reach: .study)
        }
        return path
    }

    private func pipeline(into folder: String) throws -> Pipeline {
        var zipOptions = ZipOptions()
        // The same study gives the same bytes.
        zipOptions.timestamp = .earliest
        return try StoreAccess(source, options: gcsOptions).pipeline(zippingInto: folder, options: zipOptions)
    }
}

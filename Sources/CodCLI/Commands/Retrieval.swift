import CodCore
import CodRetrieve
import CodTransport

/// What the options of a command come to: a source, what is wanted of it, and the pipeline to a folder.
struct Retrieval {
    let catalog: any Catalog
    let pipeline: Pipeline
    let request: RetrievalRequest
    let options: RetrievalOptions
    let output: String

    init(
        source: SourceOptions, selection: SelectionOptions, output: String, log: LogOptions, connectionCount: Int = 8,
        verifies: Bool = true
    ) throws {
        let logger = log.logger()
        let access = try StoreAccess(
            source.parsedSource(),
            options: source.gcsOptions(connectionCount: connectionCount, logger: logger))
        request = RetrievalRequest(studies: try source.namedStudies(), selection: try selection.selection())
        catalog = access.catalog
        pipeline = access.pipeline(to: output, verifies: verifies)
        options = RetrievalOptions(connectionCount: connectionCount, logger: logger)
        self.output = output
    }

    /// Looks up what there is.
    func plan() async throws -> RetrievalPlan { try await catalog.plan(request) }

    /// Tells what of a plan cannot be retrieved, and ends the command with the status of that.
    func tellFailures(of plan: RetrievalPlan) throws {
        let failures = plan.studies.compactMap(\.failure) + plan.series.compactMap(\.failure)
        for failure in failures { Console.standard.fail(failure) }
        let status = ExitStatus(of: failures, isNothingFound: plan.series.allSatisfy { $0.archive == nil })
        if status != .success { throw status }
    }
}

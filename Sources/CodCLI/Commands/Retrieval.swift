import CodCore
import CodRetrieve
import CodTransport
import Logging

/// What the options of a command come to: a source, what is wanted of it, and the pipeline to a folder.
struct Retrieval {
    let catalog: any Catalog
    let pipeline: Pipeline
    let request: RetrievalRequest
    let options: RetrievalOptions
    let output: String

    init(
        _ access: StoreAccess, request: RetrievalRequest, options: RetrievalOptions, output: String, verifies: Bool = true,
        checksSpace: Bool = true
    ) {
        catalog = access.catalog
        pipeline = access.pipeline(to: output, verifies: verifies, checksSpace: checksSpace, logger: options.logger)
        var options = options
        options.verifiesArchives = verifies
        self.request = request
        self.options = options
        self.output = output
    }

    /// Reads the options of a command. Throws an error of usage for what cannot be understood.
    init(
        source: SourceOptions, selection: SelectionOptions, output: String, log: LogOptions, connectionCount: Int = 8,
        verifies: Bool = true, checksSpace: Bool = true
    ) throws {
        let parsed = try source.parsedSource()
        let request = RetrievalRequest(studies: try source.namedStudies(), selection: try selection.selection())
        var options = RetrievalOptions(logger: log.logger())
        options.connectionCount = try OpenFileLimit.connectionCount(upTo: connectionCount, logger: options.logger)
        options.retry = source.retryPolicy
        let access = try StoreAccess(parsed, options: source.gcsOptions(for: parsed, options))
        self.init(access, request: request, options: options, output: output, verifies: verifies, checksSpace: checksSpace)
    }

    /// Looks up what there is; says so when a selection leaves nothing of it.
    func plan() async throws -> RetrievalPlan {
        let plan = try await catalog.plan(request)
        let isEmpty = plan.series.allSatisfy { $0.failure == nil && !$0.instances.contains(where: \.isWanted) }
        if request.selection.namesAnything, isEmpty, plan.studies.contains(where: { $0.failure == nil }) {
            let left = request.selection.skipsLocked ? " and not left out" : ""
            options.logger.notice(
                "Nothing in the studies is of the series, instances or modalities that were asked for\(left).")
        }
        return plan
    }

    /// Tells what of a plan cannot be retrieved, and ends the command with the status of that.
    func tellFailures(of plan: RetrievalPlan) throws {
        let failures = plan.studies.compactMap(\.failure) + plan.series.compactMap(\.failure)
        for failure in failures { Console.standard.fail(failure) }
        let status = ExitStatus(of: plan)
        if status != .success { throw status }
    }
}

import CodCore
import CodRetrieve
import CodTransport
import CodZip
import Logging

/// What the options of a command come to: a source, what is wanted of it, and the pipeline to a folder.
struct Retrieval {
    let catalog: any Catalog
    let pipeline: Pipeline
    let request: RetrievalRequest
    let options: RetrievalOptions
    let output: String
    /// How studies are zipped, and where to; `nil`: they are not.
    let zips: ZipChoice?
    /// Which share of the plan is worked on; `nil`: all of it.
    var sharing: Sharing?
    /// Where the store lies. Throws what is wrong with the source.
    let place: @Sendable () throws -> StorePlace

    init(
        _ access: StoreAccess, catalog: (any Catalog)? = nil, request: RetrievalRequest, options: RetrievalOptions,
        output: String, zips: ZipChoice? = nil,
        verifies: Bool = true, checksSpace: Bool = true
    ) {
        self.catalog = catalog ?? access.catalog
        place = access.place
        pipeline = Self.pipeline(
            of: access, to: output, request.layout, zips, verifies: verifies, checksSpace: checksSpace, logger: options.logger)
        var options = options
        options.verifiesArchives = verifies
        options.planning = access.planning
        self.request = request
        self.options = options
        self.output = output
        self.zips = zips
    }

    private static func pipeline(
        of access: StoreAccess, to output: String, _ layout: FileLayout?, _ zips: ZipChoice?, verifies: Bool, checksSpace: Bool,
        logger: Logger
    ) -> Pipeline {
        if let zips, zips.isOnly {
            return access.pipeline(
                zippingInto: zips.folder, options: zips.options, verifies: verifies, checksSpace: checksSpace, logger: logger)
        }
        let zipper = zips.map {
            StudyZipper(
                into: $0.folder, options: $0.options, checksSpace: checksSpace, besides: output, keepsPaths: layout != nil)
        }
        return access.pipeline(
            to: output, layout: layout, zipper: zipper, verifies: verifies, checksSpace: checksSpace, logger: logger)
    }

    /// Reads the options of a command. Throws an error of usage for what cannot be understood.
    init(
        source: SourceOptions, selection: SelectionOptions, output: String, layout: FileLayout? = nil, zips: ZipChoice? = nil,
        log: LogOptions, limits: LimitOptions? = nil, shard: Shard? = nil, connectionCount: Int = 8, verifies: Bool = true,
        checksSpace: Bool = true
    ) throws {
        let parsed = try source.parsedSource()
        let request = RetrievalRequest(studies: try source.namedStudies(), selection: try selection.selection(), layout: layout)
        let options = try Self.options(source.access, zips, log, limits, connectionCount: connectionCount)
        let access = try StoreAccess(parsed, options: source.access.gcsOptions(for: parsed, options, limits))
        self.init(
            access, request: request, options: options, output: output, zips: zips, verifies: verifies,
            checksSpace: checksSpace)
        sharing = shard.map { Sharing(shard: $0, keepsStudiesWhole: zips != nil) }
    }

    /// How a pipeline runs, by the options of a command.
    static func options(
        _ access: AccessOptions, _ zips: ZipChoice?, _ log: LogOptions, _ limits: LimitOptions?, connectionCount: Int
    ) throws -> RetrievalOptions {
        var options = RetrievalOptions(logger: log.logger())
        options.timing = PauseClock.standard.timing
        // While a study is zipped others are fetched: besides the zip and its folders each file that is being packed is open.
        options.connectionCount = try OpenFileLimit.connectionCount(
            upTo: connectionCount, besides: zips.map { $0.options.concurrency + 8 } ?? 0, logger: options.logger)
        options.retry = access.retryPolicy
        options.maximumByteCount = limits?.byteCount
        return options
    }

    /// Looks up what there is, and takes its share of it; says so when a selection leaves nothing.
    func plan() async throws -> RetrievalPlan {
        let plan = try await catalog.plan(request)
        let isEmpty = plan.series.allSatisfy { $0.failure == nil && !$0.instances.contains(where: \.isWanted) }
        if request.selection.namesAnything, isEmpty, plan.studies.contains(where: { $0.failure == nil }) {
            let left = request.selection.skipsLocked ? " and is not left out" : ""
            options.logger.notice(
                "Nothing in the studies is what was asked for\(left): \(request.selection.flagTexts.joined(separator: ", ")).")
        }
        return sharing?.share(of: plan) ?? plan
    }

    /// The status to end with. A share does not tell whether there is no study at all.
    func status(_ status: ExitStatus) -> ExitStatus { sharing != nil && status == .noInput ? .failure : status }

    /// Tells what of a plan cannot be retrieved, and ends the command with the status of that.
    func tellFailures(of plan: RetrievalPlan) throws {
        let failures = plan.studies.compactMap(\.failure) + plan.series.compactMap(\.failure)
        for failure in failures { Console.standard.fail(failure) }
        let status = status(ExitStatus(of: plan))
        if status != .success { throw status }
    }
}

public import CodCore
internal import CodExtract
internal import CodSink
public import CodTransport
public import CodZip
public import Logging

/// A source opened: what knows what it holds, and the ready-made pipeline from it to a folder.
public struct StoreAccess: Sendable {
    /// What knows what the source holds.
    public let catalog: any Catalog
    /// Where the store lies. Throws what is wrong with the bucket or the options.
    package let place: @Sendable () throws -> StorePlace
    /// How archives are cut for it: a folder's more finely, because a piece costs no request.
    package let planning: PlanningPolicy
    private let makePipeline: @Sendable (SavingChain<InstanceStream>, _ verifies: Bool) -> Pipeline

    /// Opens a source. Of `options`, a folder takes the logger, the clock and the rate.
    public init(_ source: Source, options: GCSOptions) throws {
        switch source {
        case .bucket(let details):
            let bucket = GCSBucket(details, options: options)
            catalog = bucket.catalog
            planning = PlanningPolicy()
            place = { try bucket.catalog.place }
            makePipeline = { Self.pipeline(from: bucket.fetcher, to: $0, verifies: $1) }
        case .folder(let path):
            let folder = try FolderBucket(
                at: path, logger: options.logger, timing: options.timing, maximumRate: options.maximumRate)
            catalog = folder
            planning = .folder
            place = { folder.place }
            makePipeline = { Self.pipeline(from: folder, to: $0, verifies: $1) }
        }
    }

    /// The pipeline that saves to a folder: fetch, extract, verify, save, and zip where that is asked for.
    ///
    /// - Parameters:
    ///   - folder: the output folder; made when it is needed.
    ///   - layout: where files go; the plan must have been made for it. `nil`, the default: by their identifiers.
    ///   - zipper: zips each study that was saved; `nil`, the default: none is zipped.
    ///   - verifies: whether checksums are compared, of what is fetched and of files that are there without a record.
    ///     Archives as a whole are compared all the same unless ``RetrievalOptions/verifiesArchives`` is false.
    ///   - checksSpace: whether a run is refused when the folder's disk has less room than it needs.
    ///   - logger: where the folder tells what is odd about its records.
    public func pipeline(
        to folder: String, layout: FileLayout? = nil, zipper: StudyZipper? = nil, verifies: Bool = true, checksSpace: Bool = true,
        logger: Logger = Logger(label: "cod")
    ) -> Pipeline {
        let sink = DirectorySink(
            at: folder, layout: layout, checksSpace: checksSpace, checksUnrecorded: verifies, logger: logger)
        return makePipeline(Self.saving(to: sink, zipper), verifies)
    }

    /// The pipeline that saves each study straight into a zip, with no unpacked copy: fetch, extract, verify, zip.
    ///
    /// - Parameters:
    ///   - folder: the folder of the zips.
    ///   - options: how they are made.
    ///   - verifies: whether checksums are compared, of what is fetched.
    ///   - checksSpace: whether a run is refused when the folder's disk has less room than it may need.
    ///   - logger: where it is told what is odd about zips that are there.
    public func pipeline(
        zippingInto folder: String, options: ZipOptions = ZipOptions(), verifies: Bool = true, checksSpace: Bool = true,
        logger: Logger = Logger(label: "cod")
    ) -> Pipeline {
        let sink = ZipSink(
            into: folder, options: options, checksSpace: checksSpace, requiresConfirmation: verifies, logger: logger)
        return makePipeline(PipelineBuilder.buildPartialBlock(first: sink), verifies)
    }

    /// A pipeline from this source to an end of one's own: fetch, extract and verify, then the given stages, sink and finishers.
    ///
    /// ```swift
    /// let pipeline = access.pipeline { MyStage(); MySink() }
    /// let report = try await pipeline.run(access.catalog.plan(for: ["1.2.840…"]))
    /// ```
    ///
    /// - Parameters:
    ///   - verifies: whether what is fetched is compared with the metadata's checksums, above the first of the given stages.
    ///   - stages: what follows, from top to bottom: stages on the stream of instances, a sink, finishers.
    public func pipeline(
        verifies: Bool = true, @PipelineBuilder endingIn stages: () -> SavingChain<InstanceStream>
    ) -> Pipeline {
        makePipeline(stages(), verifies)
    }

    @PipelineBuilder
    private static func saving(to sink: DirectorySink, _ zipper: StudyZipper?) -> SavingChain<InstanceStream> {
        sink
        if let zipper { zipper }
    }

    private static func pipeline(
        from fetcher: some Fetcher, to sink: SavingChain<InstanceStream>, verifies: Bool
    ) -> Pipeline {
        Pipeline {
            fetcher
            TarExtractor()
            if verifies { ChecksumVerifier() }
            sink
        }
    }
}

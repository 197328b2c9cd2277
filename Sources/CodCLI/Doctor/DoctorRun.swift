import CodCore
import CodTransport

/// Looks at all that a download needs, one thing after the other. What needs something that failed is skipped.
struct DoctorRun {
    let options: SourceOptions
    let output: String
    let log: LogOptions
    private(set) var report: DoctorReport
    var state = State()

    /// What checks leave for those behind them.
    struct State {
        var source: Source?
        var studies: [String] = []
        var bucket: GCSBucket?
        var folder: FolderBucket?
        var gcs = GCSOptions()
        var endpoint: StoreProbe.Endpoint?
        var way: StoreProbe.Way?
        var connection: StoreProbe.Connection?
        var serverDate: Int64?
        var study: String?
        var seriesUID: String?
        var series: SeriesPlan?
        var oneStreamRate: Double?
        var bestRate: Double?
        var place: DiskPlace?
        var outputFolder: OpenFile?

        var probe: StoreProbe? { bucket.map { StoreProbe($0) } }
        var fetcher: (any Fetcher)? { bucket?.fetcher ?? folder }
    }

    init(options: SourceOptions, output: String, log: LogOptions, isJSON: Bool) {
        (self.options, self.output, self.log) = (options, output, log)
        report = DoctorReport(isJSON: isJSON, isQuiet: log.quiet)
    }

    /// Runs all checks; throws the exit status where one failed, and `CancellationError` when the task is cancelled.
    mutating func run() async throws {
        for check in Check.allCases {
            try Task.checkCancellation()
            if state.folder != nil, !check.concernsFolders { continue }
            if let missing = missing(for: check) {
                report.add(
                    Diagnosis(check: check, verdict: .skipped, message: "It needs what failed before: \(missing.title)."))
                continue
            }
            do {
                report.add(try await diagnosis(of: check))
            } catch {
                let failure = CodError.wrapping(error, in: "The check")
                // A request that was broken off by the signal fails in many ways.
                if failure.isCancellation || Task.isCancelled { throw CancellationError() }
                report.add(.failed(check, failure))
            }
        }
        report.complete()
        if report.status != .success { throw report.status }
    }

    /// The first check that this one needs and that did not come out well.
    private func missing(for check: Check) -> Check? {
        for need in check.needs {
            if state.folder != nil, !need.concernsFolders {
                // What a folder does not need is not missing; what that needs may be.
                if let missing = missing(for: need) { return missing }
            } else if let found = report.diagnoses.first(where: { $0.check == need }) {
                if found.verdict == .failed { return need }
                if found.verdict == .skipped { return missing(for: need) ?? need }
            }
        }
        return nil
    }

    private mutating func diagnosis(of check: Check) async throws -> Diagnosis {
        switch check {
        case .source: try lookAtSource()
        case .endpoint: try lookAtEndpoint()
        case .proxy: try lookAtProxy()
        case .dns: try await lookUpNames()
        case .connection: try await connect()
        case .tls: try await shakeHands()
        case .clock: compareClocks()
        case .credentials: try await askForToken()
        case .listing: try await list()
        case .metadata: try await readMetadata()
        case .read: try await readInstance()
        case .oneStream, .eightStreams: try await measure(check)
        case .output: try lookAtOutput()
        case .disk: try await measureDisk()
        case .files: .files(limit: OpenFileLimit.known, wanted: 8)
        }
    }

    /// How long something took, in seconds.
    static func timed<Result>(
        _ body: () async throws -> Result
    ) async rethrows -> (result: Result, seconds: Double) {
        let start = ContinuousClock.now
        let result = try await body()
        return (result, (ContinuousClock.now - start) / .seconds(1))
    }
}

internal import CodCore
internal import CodTransport

/// Puts the lines of a plan's file together, and looks at each value as it comes. A state machine.
struct PlanAssembly {
    private let locate: (PlanHeader) throws -> StorePlace
    private(set) var header: PlanHeader?
    private var place: StorePlace?
    private(set) var studies: [StudyPlan] = []
    private(set) var isEnded = false
    private var seenStudies = Set<String>()
    private var seenSeries = Set<String>()
    private var series: SeriesAssembly?
    private var totals = PlanTotals()
    /// The sizes of all archives, added up: no sum of a run is larger.
    private var archiveByteCount: Int64 = 0

    init(locate: @escaping (PlanHeader) throws -> StorePlace) {
        self.locate = locate
    }

    mutating func take(_ line: PlanLine) throws {
        if isEnded { throw PlanProblem("it follows the line that ends the plan", recovery: "Give one plan in one file.") }
        if case .header(let line) = line { return try begin(line) }
        guard let place else { throw PlanProblem("a plan begins with a header", recovery: "Give a file that cod plan has made.") }
        switch line {
        case .header: break
        case .study(let line): try begin(line)
        case .series(let line): try begin(line, at: place)
        case .portion(let line):
            guard var series else { throw PlanProblem("it is a portion of no series") }
            self.series = nil
            try series.add(line, to: &totals)
            self.series = series
        case .others(let line):
            guard var series else { throw PlanProblem("it has instances of no series") }
            self.series = nil
            try series.add(line, to: &totals)
            self.series = series
        case .end(let line):
            try endSeries()
            guard line == totals else {
                throw PlanProblem("it tells of \(line), and before it are \(totals)")
            }
            isEnded = true
        }
    }

    private mutating func begin(_ line: PlanHeader) throws {
        guard header == nil else { throw PlanProblem("it is a second header", recovery: "Give one plan in one file.") }
        if let shard = line.shard, (try? Shard(parsing: shard)) == nil {
            throw PlanProblem("\(EntryName.printable(shard)) is no shard")
        }
        place = try locate(line)
        header = line
    }

    private mutating func begin(_ line: StudyLine) throws {
        try endSeries()
        try Self.check(line.study, of: "a study", isFailed: line.failure != nil)
        guard seenStudies.insert(line.study).inserted else { throw PlanProblem("the study \(line.study) is there twice") }
        seenSeries = []
        totals.studyCount += 1
        var failure = line.failure?.error(reaching: .study)
        failure?.study = line.study
        studies.append(StudyPlan(uid: line.study, series: [], failure: failure))
    }

    private mutating func begin(_ line: SeriesLine, at place: StorePlace) throws {
        try endSeries()
        guard let study = studies.last else { throw PlanProblem("it is a series of no study") }
        try Self.check(line.series, of: "a series", isFailed: line.state == .failed)
        guard seenSeries.insert(line.series).inserted else { throw PlanProblem("the series \(line.series) is there twice") }
        if line.state != .failed { try Self.check(study.uid, of: "a study", isFailed: false) }
        totals.seriesCount += 1
        let series = try SeriesAssembly(line, of: SeriesID(study: study.uid, series: line.series), at: place)
        let (sum, overflow) = archiveByteCount.addingReportingOverflow(series.archive?.byteCount ?? 0)
        if overflow { throw PlanProblem("all archives together have more bytes than can be counted") }
        archiveByteCount = sum
        self.series = series
    }

    private mutating func endSeries() throws {
        guard let series = series.take() else { return }
        studies[studies.count - 1].series.append(try series.plan())
    }

    /// What failed may have a name that says why it has none; it never becomes a path.
    private static func check(_ uid: String, of what: String, isFailed: Bool) throws(PlanProblem) {
        guard let problem = UIDText.problem(with: uid) else { return }
        let isShown =
            isFailed && (1...256).contains(uid.utf8.count) && uid.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F }
        if !isShown { throw PlanProblem("\(EntryName.printable(uid)) is no identifier of \(what): \(problem)") }
    }
}

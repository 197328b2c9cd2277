internal import CodCore

/// One verification: asks the schedule what to do, does it on its lanes, tells what comes of it.
///
/// What bounds it: the identifiers of the series; the names, records and findings of a few of them; a chunk a lane. Nothing new is
/// begun while a listener takes its time.
struct VerificationRun: Sendable {
    private enum Ended: Sendable {
        case scanned(lane: Int, [CheckBatch], [VerificationFinding])
        case checked(lane: Int, CheckBatch.Outcome)
        case stopped
        case sampling
    }

    let root: OpenFile
    let survey: OutputSurvey
    /// Whether all of the folder was asked for.
    let isWhole: Bool
    let laneCount: Int
    let tell: @Sendable (VerificationEvent) async -> Void

    private let meter = VerificationMeter()

    init(
        root: OpenFile, survey: OutputSurvey, isWhole: Bool, laneCount: Int,
        tell: @escaping @Sendable (VerificationEvent) async -> Void
    ) {
        (self.root, self.survey, self.isWhole, self.laneCount, self.tell) = (root, survey, isWhole, laneCount, tell)
    }

    /// Verifies what the survey has; `failures` are told first, and are part of the report.
    func run(failures: [CodError]) async -> VerificationReport {
        var report = VerificationReport()
        await tell(.plan(survey.plan))
        for failure in failures {
            report.failures.append(failure)
            await tell(.error(failure))
        }
        await add(survey.findings, to: &report)
        await work(into: &report)
        let counts = meter.counts
        (report.instanceCount, report.byteCount) = (counts.instanceCount, counts.readByteCount)
        if Task.isCancelled {
            let stop = CodError(.cancelled, "The verification was cancelled.", reach: .job)
            report.interruption = stop
            await tell(.error(stop))
        }
        await tell(.complete(report))
        return report
    }

    private func work(into report: inout VerificationReport) async {
        let lanes = ReadingLanes(count: laneCount).lanes
        let scans = OutputScan.all(of: survey, isWhole: isWhole)
        let known = KnownFolders(survey)
        var schedule = VerificationSchedule<OutputScan, CheckBatch>(scans: scans, laneCount: lanes.count)
        var told = VerificationMeter.Counts()
        await withTaskGroup(of: Ended.self) { group in
            group.addTask { await Self.pause() }
            var underWayCount = 0
            while true {
                while let (action, lane) = schedule.next() {
                    underWayCount += 1
                    group.addTask { await perform(action, on: lanes[lane], number: lane, known) }
                }
                guard underWayCount > 0, let ended = await group.next() else { break }
                switch ended {
                case .scanned(let lane, let batches, let findings):
                    underWayCount -= 1
                    schedule.scanned(lane: lane, found: batches)
                    await add(findings, to: &report)
                case .checked(let lane, let outcome):
                    underWayCount -= 1
                    schedule.checked(lane: lane)
                    report.verifiedCount += outcome.verifiedCount
                    report.sizeOnlyCount += outcome.sizeOnlyCount
                    report.unverifiedCount += outcome.unverifiedCount
                    await add(outcome.findings, to: &report)
                case .stopped: underWayCount -= 1
                case .sampling:
                    await tellProgress(since: &told)
                    group.addTask { await Self.pause() }
                }
                if Task.isCancelled { schedule.stop() }
            }
            group.cancelAll()
        }
        await tellProgress(since: &told)
    }

    private func perform(
        _ action: VerificationSchedule<OutputScan, CheckBatch>.Action, on lane: BlockingLane, number: Int, _ known: KnownFolders
    ) async -> Ended {
        let (root, meter) = (root, meter)
        do {
            switch action {
            case .scan(let scan):
                return try await lane.run {
                    let found = try scan.run(in: root, isKnown: known.contains, meter: meter)
                    return .scanned(lane: number, found.batches, found.findings)
                }
            case .check(let batch):
                return try await lane.run { .checked(lane: number, batch.run(in: root, meter: meter)) }
            }
        } catch {
            // The task was cancelled: the lane is not needed any more.
            return .stopped
        }
    }

    private static func pause() async -> Ended {
        try? await Task.sleep(for: .milliseconds(100))
        return .sampling
    }

    private func tellProgress(since told: inout VerificationMeter.Counts) async {
        let counts = meter.counts
        guard counts != told else { return }
        told = counts
        await tell(
            .progress(
                VerificationProgress(
                    instances: counts.instanceCount,
                    bytesRead: counts.readByteCount.addingSaturated(counts.skippedByteCount), of: survey.plan)))
    }

    private func add(_ findings: [VerificationFinding], to report: inout VerificationReport) async {
        for finding in findings {
            report.findingCounts[finding.kind, default: 0] += 1
            await tell(.finding(finding))
        }
    }
}

/// The folders of an output folder that belong to the layout.
private struct KnownFolders: Sendable {
    private let series: Set<SeriesID>
    private let studies: Set<String>

    init(_ survey: OutputSurvey) {
        (series, studies) = (Set(survey.series), survey.studies)
    }

    func contains(_ study: String, _ uid: String?) -> Bool {
        uid.map { series.contains(SeriesID(study: study, series: $0)) } ?? studies.contains(study)
    }
}

import SystemPackage
import Testing

@testable import CodCore

@Suite("The scheduler begins no more than it has lanes for")
struct SchedulerTests {
    static let changed = CodError(.objectChanged, "It has changed.")

    /// A scheduler of several series, each cut into as many portions as it has instances.
    static func scheduler(seriesCount: Int, connectionCount: Int, canPlanAgain: Bool = true) -> (Scheduler, [SeriesPlan]) {
        let series = (1...seriesCount).map { RandomSeries(seed: UInt64($0), instanceCount: 5).plan }
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 1
        planner.policy.sliceByteCount = 1
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)]), saved: [:], planner: planner,
            connectionCount: 1_000_000)
        let scheduler = Scheduler(
            work: work, planner: planner, connectionCount: connectionCount, canPlanAgain: canPlanAgain)
        return (scheduler, series)
    }

    static func failed(_ portion: Portion) -> SavedSeries {
        SavedSeries(id: portion.series, failures: [changed.located(in: portion.series)])
    }

    @Test("Once an archive has changed, its other portions are not begun, and it is planned again when the last has ended")
    func withdraws() throws {
        var (scheduler, series) = Self.scheduler(seriesCount: 2, connectionCount: 2)
        guard case .fetch(let first, let lane) = scheduler.next(), case .fetch(let second, let other) = scheduler.next() else {
            Issue.record("Nothing is fetched.")
            return
        }
        #expect(first.series == series[0].id && second.series == series[0].id && scheduler.next() == nil)
        #expect(scheduler.ended(first, lane: lane, result: Self.failed(first)).outcome == nil)
        // The other series goes on; the one that changed waits for what is under way.
        guard case .fetch(let third, _) = scheduler.next() else {
            Issue.record("Nothing is fetched.")
            return
        }
        #expect(third.series == series[1].id)
        let ending = scheduler.ended(second, lane: other, result: Self.failed(second))
        #expect(ending.outcome == nil && ending.again.isEmpty)
        guard case .planAgain(let plan, let lane) = scheduler.next() else {
            Issue.record("It is not planned again.")
            return
        }
        #expect(plan.id == series[0].id && scheduler.next() == nil)
        let again = scheduler.plannedAgain(plan.id, lane: lane, result: .success(SeriesReplan(plan: plan, held: [])))
        #expect(again.outcome == nil && again.again.flatMap(\.instances).count == 5)
        guard case .fetch(let portion, _) = scheduler.next() else {
            Issue.record("Nothing is fetched.")
            return
        }
        #expect(portion.series == series[0].id)
    }

    @Test("However many series change, no more are planned at a time than there are lanes", arguments: 1...3)
    func bounded(connectionCount: Int) {
        var (scheduler, _) = Self.scheduler(seriesCount: 7, connectionCount: connectionCount)
        var (underWay, planned): ([(SeriesPlan, Int)], Int) = ([], 0)
        while true {
            while let action = scheduler.next() {
                switch action {
                case .fetch(let portion, let lane): _ = scheduler.ended(portion, lane: lane, result: Self.failed(portion))
                case .planAgain(let plan, let lane): underWay.append((plan, lane))
                case .finish(let study): scheduler.finished(study)
                }
                #expect(underWay.count <= connectionCount)
            }
            guard let (plan, lane) = underWay.popLast() else { break }
            planned += 1
            _ = scheduler.plannedAgain(plan.id, lane: lane, result: .failure(Self.changed))
        }
        #expect(planned == 7 && scheduler.failedCount == 35)
    }

    @Test("A series changes for good: its portions fail once, in one failure")
    func changesForGood() {
        var (scheduler, _) = Self.scheduler(seriesCount: 1, connectionCount: 3, canPlanAgain: false)
        var running: [(Portion, Int)] = []
        while case .fetch(let portion, let lane) = scheduler.next() { running.append((portion, lane)) }
        #expect(running.count == 3)
        let endings = running.map { scheduler.ended($0.0, lane: $0.1, result: Self.failed($0.0)) }
        #expect(endings.map { $0.outcome?.failures.count } == [nil, nil, 1])
        #expect(scheduler.failedCount == 5)
    }

    @Test("A job that stops plans nothing again")
    func stopped() {
        var (scheduler, _) = Self.scheduler(seriesCount: 1, connectionCount: 1)
        guard case .fetch(let portion, let lane) = scheduler.next() else {
            Issue.record("Nothing is fetched.")
            return
        }
        scheduler.stop()
        #expect(scheduler.ended(portion, lane: lane, result: Self.failed(portion)).outcome?.failures.count == 1)
        #expect(scheduler.next() == nil)
    }

    @Test("Lanes grow with what they bring; when the store asks for less, no more is begun until half of them have ended")
    func growth() throws {
        let series = (1...30).map { RandomSeries(seed: UInt64($0), instanceCount: 2).plan }
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)]), saved: [:], planner: Planner(),
            connectionCount: 8)
        var scheduler = Scheduler(
            work: work, planner: Planner(), connectionCount: 8, growth: LaneGrowth(ceiling: 8, now: .zero))
        var running: [(Portion, Int)] = []
        func begin() { while case .fetch(let portion, let lane) = scheduler.next() { running.append((portion, lane)) } }
        begin()
        #expect(running.count == 4 && scheduler.measurementPause != nil)
        #expect(scheduler.measured(Traffic(byteCount: 1000), now: .seconds(1)) == 8)
        begin()
        #expect(running.count == 8 && Set(running.map(\.1)).count == 8)
        #expect(scheduler.measured(Traffic(byteCount: 2000, slowDownCount: 3), now: .seconds(2)) == 4)
        for leftCount in (4..<8).reversed() {
            begin()
            #expect(running.count == leftCount + 1)
            let (portion, lane) = running.removeFirst()
            let saved = portion.instances.map {
                SavedInstance(instance: Instance(series: portion.series, uid: $0.uid, byteCount: 1), path: "", root: "")
            }
            _ = scheduler.ended(portion, lane: lane, result: SavedSeries(id: portion.series, instances: saved))
        }
        let (portion, lane) = running.removeFirst()
        _ = scheduler.ended(portion, lane: lane, result: SavedSeries(id: portion.series))
        begin()
        #expect(running.count == 4)
        scheduler.stop()
        #expect(scheduler.measurementPause == nil)
    }

    static func lacking(_ portion: Portion, savedCount: Int = 0) -> SavedSeries {
        SavedSeries(
            id: portion.series,
            instances: portion.instances.prefix(savedCount).map {
                SavedInstance(
                    instance: Instance(series: portion.series, uid: $0.uid, byteCount: 1), path: $0.uid, root: "r")
            },
            failures: [.file("write", "f", .tooManyOpenFiles).located(in: portion.series)])
    }

    @Test("Too many open files: half of the lanes, what was not saved once more; those that had begun before count once")
    func lackOfFiles() throws {
        var (scheduler, _) = Self.scheduler(seriesCount: 4, connectionCount: 8)
        var running: [(Portion, Int)] = []
        func begin() { while case .fetch(let portion, let lane) = scheduler.next() { running.append((portion, lane)) } }
        begin()
        #expect(running.count == 8)
        var limits: [Int?] = []
        for (portion, lane) in running {
            let ending = scheduler.ended(portion, lane: lane, result: Self.lacking(portion))
            #expect(ending.interruption == nil && ending.again.flatMap(\.instances).map(\.uid) == portion.instances.map(\.uid))
            limits.append(ending.laneLimit)
        }
        #expect(limits == [4] + Array(repeating: nil, count: 7))
        for expected in [4, 2, 1] {
            running = []
            begin()
            #expect(running.count == expected)
            let endings = running.map { scheduler.ended($0.0, lane: $0.1, result: Self.lacking($0.0)) }
            #expect(endings.first?.laneLimit == (expected > 1 ? expected / 2 : nil))
            #expect((endings.last?.interruption == nil) == (expected > 1))
        }
    }

    @Test("What failed of a portion before files could not be opened is not forgotten; what is fetched again is judged again")
    func lackOfFilesAmongFailures() throws {
        var (scheduler, series) = Self.scheduler(seriesCount: 2, connectionCount: 2)
        guard case .fetch(let portion, let lane) = scheduler.next(), case .fetch = scheduler.next() else {
            Issue.record("Nothing is fetched.")
            return
        }
        var result = Self.lacking(portion)
        let uid = portion.instances[0].uid
        result.failures.insert(CodError(.refusedEntry, "No.", reach: .instance).located(in: series[0].id), at: 0)
        result.failures.insert(CodError(.sizeMismatch, "No.", reach: .instance).located(in: series[0].id, instance: uid), at: 0)
        let rest = scheduler.ended(portion, lane: lane, result: result).again
        #expect(rest.flatMap(\.instances).contains { $0.uid == uid })
        let failures = scheduler.savedStudies[0].series[0].failures
        #expect(failures.map(\.code) == [.refusedEntry])
    }

    @Test("With one lane, and after the job was stopped, too many open files stop the job")
    func lackOfFilesAlone() throws {
        for (laneCount, isStopped) in [(1, false), (2, true)] {
            var (scheduler, _) = Self.scheduler(seriesCount: 1, connectionCount: laneCount)
            guard case .fetch(let portion, let lane) = scheduler.next() else {
                Issue.record("Nothing is fetched.")
                return
            }
            if isStopped { scheduler.stop() }
            let ending = scheduler.ended(portion, lane: lane, result: Self.lacking(portion))
            #expect(ending.interruption?.code == .writeFailed && ending.laneLimit == nil)
        }
    }

    @Test("What was saved before files could not be opened is not fetched again; a portion of which nothing is left ends")
    func lackOfFilesLate() throws {
        let series = [3, 4].map { RandomSeries(seed: $0, instanceCount: 6).plan }
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)]), saved: [:], planner: Planner(),
            connectionCount: 1)
        for savedCount in 0...6 {
            var scheduler = Scheduler(work: work, planner: Planner(), connectionCount: 2)
            guard case .fetch(let portion, let lane) = scheduler.next(), case .fetch = scheduler.next() else {
                Issue.record("Nothing is fetched.")
                return
            }
            let ending = scheduler.ended(portion, lane: lane, result: Self.lacking(portion, savedCount: savedCount))
            let inOrder = portion.instances.sorted { $0.dataOffset ?? 0 < $1.dataOffset ?? 0 }.map(\.uid)
            let savedUIDs = portion.instances.prefix(savedCount).map(\.uid)
            #expect(ending.again.flatMap(\.instances).map(\.uid).sorted() == inOrder.filter { !savedUIDs.contains($0) }.sorted())
            #expect((ending.outcome?.instances.count == 6) == (savedCount == 6) && ending.interruption == nil)
            for rest in ending.again {
                #expect(rest.byteRange?.upperBound == portion.byteRange?.upperBound)
                #expect(savedCount == 0 || (rest.byteRange?.lowerBound ?? 0) > 0)
            }
        }
    }
}

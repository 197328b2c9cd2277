@testable import CodCore

/// A store at the end of a link, in virtual time: the real planner, scheduler and growth hand out the work; the model says how fast
/// the bytes of each connection come.
struct LinkSimulation {
    /// What a run came to.
    struct Outcome {
        var seconds = 0.0
        var requestCount = 0
        /// The most lanes that were in use at a time.
        var peakLaneCount = 0
        /// How many lanes could be in use, whenever that changed: seconds and count.
        var laneCounts: [(seconds: Double, count: Int)] = []
        /// Seconds of lanes without work while others had some.
        var idleLaneSeconds = 0.0
        var savedCount = 0

        /// How many lanes could be in use at a time of the run.
        func laneCount(at seconds: Double) -> Int { laneCounts.last { $0.seconds <= seconds }?.count ?? 0 }
    }

    private struct Transfer {
        let portion: Portion
        var wait: Double
        var rest: Double
    }

    var connectionCount = 8
    var initialLaneCount: Int?
    /// Seconds before the first byte of each request.
    var latency = 0.05
    /// Bytes a second that a lane's connection brings at most.
    var laneRate: (_ lane: Int) -> Double = { _ in 60e6 }
    /// Bytes a second that all of so many connections bring together at most, at a time of the run.
    var totalRate: (_ seconds: Double, _ activeCount: Int) -> Double = { _, _ in .infinity }
    /// Whether the store says that it has too much to do, at a time of the run.
    var asksForLess: (_ seconds: Double, _ activeCount: Int) -> Bool = { _, _ in false }
    let step = 0.005

    /// Fetches series, and answers what that came to. Gives up after an hour.
    func run(_ series: [SeriesPlan], planner: Planner = Planner()) -> Outcome {
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)]), saved: [:], planner: planner,
            connectionCount: connectionCount)
        let growth = LaneGrowth(ceiling: connectionCount, now: .zero)
        var scheduler = Scheduler(work: work, planner: planner, connectionCount: connectionCount, growth: growth)
        var outcome = Outcome(laneCounts: [(0, min(LaneGrowth.initialCount, connectionCount))])
        var traffic = Traffic()
        var received = 0.0
        var lanes = [Transfer?](repeating: nil, count: connectionCount)
        var isOpen = true
        while isOpen, outcome.seconds < 3600 {
            while let action = scheduler.next() {
                switch action {
                case .fetch(let portion, let lane):
                    lanes[lane] = Transfer(portion: portion, wait: latency, rest: Double(portion.byteCount ?? 0))
                    outcome.requestCount += 1
                case .planAgain(let series, let lane):
                    _ = scheduler.plannedAgain(series.id, lane: lane, result: .failure(CodError(.objectChanged, "No.")))
                case .finish(let study): scheduler.finished(study)
                }
            }
            let usedCount = lanes.count { $0 != nil }
            outcome.peakLaneCount = max(outcome.peakLaneCount, usedCount)
            isOpen = usedCount > 0
            if scheduler.measurementPause == nil, usedCount < outcome.laneCount(at: outcome.seconds) {
                outcome.idleLaneSeconds += Double(outcome.laneCount(at: outcome.seconds) - usedCount) * step
            }
            advance(&lanes, seconds: outcome.seconds, &received, &traffic)
            outcome.seconds += step
            for lane in lanes.indices {
                guard let transfer = lanes[lane], transfer.rest <= 0.5 else { continue }
                lanes[lane] = nil
                let instances = transfer.portion.instances.map { planned in
                    SavedInstance(
                        instance: Instance(series: transfer.portion.series, uid: planned.uid, byteCount: 1), path: "", root: "")
                }
                outcome.savedCount += instances.count
                _ = scheduler.ended(
                    transfer.portion, lane: lane, result: SavedSeries(id: transfer.portion.series, instances: instances))
            }
            traffic.byteCount = Int64(received)
            if let count = scheduler.measured(traffic, now: .seconds(1) * outcome.seconds) {
                outcome.laneCounts.append((outcome.seconds, count))
            }
        }
        return outcome
    }

    private func advance(_ lanes: inout [Transfer?], seconds: Double, _ received: inout Double, _ traffic: inout Traffic) {
        var rates = [Double](repeating: 0, count: lanes.count)
        for lane in lanes.indices where lanes[lane] != nil {
            lanes[lane]?.wait -= step
            if let wait = lanes[lane]?.wait, wait < 0 { rates[lane] = laneRate(lane) }
        }
        let activeCount = rates.count { $0 > 0 }
        if asksForLess(seconds, activeCount) { traffic.slowDownCount += 1 }
        let sum = rates.reduce(0, +)
        if sum == 0 { return }
        let share = min(1, totalRate(seconds, activeCount) / sum)
        for lane in lanes.indices {
            guard let rest = lanes[lane]?.rest else { continue }
            let byteCount = min(rest, rates[lane] * share * step)
            lanes[lane]?.rest = rest - byteCount
            received += byteCount
        }
    }

    /// A series of entries of one size.
    static func series(_ number: Int = 1, byteCount: Int64, entryByteCount: Int64 = 526 << 10) -> SeriesPlan {
        let count = max(byteCount / (entryByteCount + 512), 1)
        let id = SeriesID(study: "1.2", series: "1.2.\(number)")
        let instances = (0..<count).map { index in
            PlannedInstance(
                uid: "1.2.\(number).\(index)", byteCount: entryByteCount, dataOffset: index * (entryByteCount + 512) + 512)
        }
        let archive = Archive(
            series: id, url: "https://store/\(id).tar", objectName: "\(id).tar", byteCount: count * (entryByteCount + 512) + 1024)
        return SeriesPlan(id: id, state: .retrievable(archive), instances: instances)
    }
}

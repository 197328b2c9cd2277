import Testing

@testable import CodCore

@Suite("All connections have something to do to the end")
struct SliceRoundsTests {
    private static let gibibyte: Int64 = 1 << 30

    private static func byteCount(of series: [SeriesPlan]) -> Double {
        Double(series.reduce(0) { $0 + ($1.archive?.byteCount ?? 0) })
    }

    @Test(
        "One archive alone comes at nine tenths of what eight connections have, the few at first included",
        arguments: [Int64(1900), 2000, 2048, 2100, 3000, 4096, 10_000])
    func oneArchive(mebibytes: Int64) {
        let series = [LinkSimulation.series(byteCount: mebibytes << 20)]
        let outcome = LinkSimulation().run(series)
        #expect(Self.byteCount(of: series) / 480e6 / outcome.seconds >= 0.9)
        #expect(outcome.requestCount <= 60)
        #expect(outcome.savedCount == series[0].instances.count)
    }

    @Test("Connections of different speeds end at about the same time", arguments: [0.3, 0.5, 0.75])
    func unevenConnections(slowest: Double) {
        var link = LinkSimulation()
        link.laneRate = { lane in 60e6 * (slowest + (1 - slowest) * Double(lane) / 7) }
        let series = [LinkSimulation.series(byteCount: 4 * Self.gibibyte)]
        let outcome = link.run(series)
        let all = (0..<8).reduce(0) { $0 + link.laneRate($1) }
        #expect(Self.byteCount(of: series) / all / outcome.seconds >= 0.8)
    }

    @Test("Of many archives the last are split, and those before them stay whole")
    func manyArchives() {
        let series = (0..<30).map { LinkSimulation.series($0, byteCount: Self.gibibyte / 2) }
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)]), saved: [:], planner: Planner(),
            connectionCount: 8)
        let counts = work.studies[0].series.map(\.portions.count)
        #expect(counts.prefix(20).allSatisfy { $0 == 1 } && counts.suffix(3).allSatisfy { $0 > 3 })
        #expect(counts.reduce(0, +) <= 80)
        let outcome = LinkSimulation().run(series)
        #expect(Self.byteCount(of: series) / 480e6 / outcome.seconds >= 0.95)
        #expect(outcome.idleLaneSeconds < 8)
    }

    @Test("Short archives are never split, however few they are", arguments: [1, 7, 500])
    func shortArchives(count: Int) {
        let series = (0..<count).map { LinkSimulation.series($0, byteCount: 30 << 20) }
        let outcome = LinkSimulation().run(series)
        #expect(outcome.requestCount == count)
    }

    @Test("No slice is shorter than the policy says but the last of a stretch, whatever the sizes", arguments: 1...40)
    func leastSize(seed: Int) throws {
        let series = RandomSeries(seed: UInt64(seed), instanceCount: seed * 6)
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 8_000_000
        planner.policy.sliceByteCount = 4_000_000
        let portions = planner.portions(of: series.plan, connectionCount: 1 + seed % 9)
        var end: Int64 = 0
        for portion in portions {
            let range = try #require(portion.byteRange)
            #expect(range.lowerBound == end)
            end = range.upperBound
            // The parts of a stretch are equal but for an entry.
            let least = portion.byteRange == portions.last?.byteRange ? 1_000_000 : 4_000_000
            #expect(portions.count == 1 || range.count >= least)
        }
        #expect(end == series.archiveByteCount && (seed % 9 > 0 || portions.count == 1))
    }

    @Test("Sizes without sense do not stop the planning", arguments: [Int64.min, -1, 0, 1, .max])
    func extremes(byteCount: Int64) {
        var policy = PlanningPolicy()
        for least in [Int64.min, 0, 1, .max] {
            (policy.sliceByteCount, policy.splitThresholdByteCount) = (least, 0)
            for connectionCount in [Int.min, 0, 1, 2, .max] {
                var rounds = SliceRounds(byteCount: byteCount, connectionCount: connectionCount, policy: policy)
                for rest in [Int64.max, 1, 0] {
                    #expect(rounds.nextByteCount(ofRest: rest) > 0)
                    rounds.take(rest)
                }
            }
        }
    }
}

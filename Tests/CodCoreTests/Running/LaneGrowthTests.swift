import Testing

@testable import CodCore

@Suite("As many lanes are in use as bring more than fewer would")
struct LaneGrowthTests {
    private static let gibibyte: Int64 = 1 << 30

    private static func many(_ count: Int, of byteCount: Int64) -> [SeriesPlan] {
        (0..<count).map { LinkSimulation.series($0, byteCount: byteCount) }
    }

    @Test("Where each connection brings the same, all are in use within a second and a half", arguments: [1, 3, 4, 5, 8, 20, 32])
    func grows(connectionCount: Int) {
        let outcome = LinkSimulation(connectionCount: connectionCount).run(Self.many(24, of: Self.gibibyte))
        #expect(outcome.laneCount(at: 0) == min(connectionCount, LaneGrowth.initialCount))
        #expect(outcome.laneCount(at: 1.5) == connectionCount && outcome.peakLaneCount == connectionCount)
        #expect(outcome.laneCounts.allSatisfy { $0.count <= connectionCount })
        #expect(zip(outcome.laneCounts, outcome.laneCounts.dropFirst()).allSatisfy { $0.count < $1.count })
    }

    @Test("Far away, where nothing comes for 1.5 s, they grow all the same")
    func growsFarAway() {
        var link = LinkSimulation(connectionCount: 32)
        link.latency = 1.5
        let outcome = link.run(Self.many(24, of: Self.gibibyte))
        #expect(outcome.laneCount(at: 8) == 32)
    }

    @Test("Short archives, of which each takes longer to ask for than to come, weigh what long ones do")
    func growsOnShortArchives() {
        let outcome = LinkSimulation(connectionCount: 32).run(Self.many(2000, of: 1 << 20))
        #expect(outcome.laneCount(at: 1.5) == 32)
    }

    @Test("Short archives that all come at once after the same wait say nothing of what the lanes bring in the long run")
    func growsOnBursts() {
        var link = LinkSimulation(connectionCount: 8)
        link.laneRate = { _ in 1e9 }
        let outcome = link.run(Self.many(1000, of: 1 << 20))
        #expect(outcome.laneCount(at: 1.5) == 8)
        #expect(outcome.laneCounts.map(\.count) == [4, 8])
    }

    @Test("On a link that few connections fill, more of them are given up again, and looked for less and less often")
    func sharedLink() {
        var link = LinkSimulation(connectionCount: 32)
        link.totalRate = { _, _ in 100e6 }
        let outcome = link.run(Self.many(1000, of: 10 << 20))
        #expect(outcome.laneCounts.last.map { $0.count <= 8 } == true)
        #expect(outcome.laneCounts.allSatisfy { $0.count <= 16 })
        // A minute and three quarters: 4, 8, 16 and back, and a few looks at 16.
        #expect(outcome.seconds < 110 && outcome.laneCounts.count <= 12)
        let looks = outcome.laneCounts.filter { $0.count == 16 }.map(\.seconds)
        let pauses = zip(looks, looks.dropFirst()).map { $1 - $0 }
        #expect(pauses.count >= 2 && zip(pauses, pauses.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("Where more connections slow each other down, as on a busy processor, few are used")
    func busyProcessor() {
        var link = LinkSimulation(connectionCount: 32)
        link.laneRate = { _ in 1e9 }
        link.totalRate = { _, activeCount in 1.2e9 / (1 + 0.05 * Double(max(activeCount - 4, 0))) }
        link.latency = 0.01
        let outcome = link.run(Self.many(300, of: Self.gibibyte / 8))
        let longest = zip(outcome.laneCounts, outcome.laneCounts.dropFirst() + [(outcome.seconds, 0)])
            .max { $0.1.seconds - $0.0.seconds < $1.1.seconds - $1.0.seconds }
        #expect(longest.map { $0.0.count <= 8 } == true)
    }

    @Test("A link that becomes faster in mid-run gets more lanes")
    func changes() {
        var link = LinkSimulation(connectionCount: 32)
        link.totalRate = { seconds, _ in seconds < 20 ? 100e6 : 5e9 }
        let outcome = link.run(Self.many(80, of: Self.gibibyte / 4))
        #expect(outcome.laneCount(at: 20) <= 16 && outcome.laneCount(at: 28) == 32)
    }

    @Test("A link that is down says nothing of the lanes")
    func outage() {
        var link = LinkSimulation()
        link.totalRate = { seconds, _ in (2..<30).contains(seconds) ? 0 : .infinity }
        let outcome = link.run(Self.many(10, of: Self.gibibyte))
        #expect(outcome.laneCounts.map(\.count) == [4, 8])
    }

    @Test("A store that asks for less gets half of it, and more again when it has been content for a while")
    func slowDown() {
        var link = LinkSimulation(connectionCount: 16)
        link.asksForLess = { seconds, activeCount in (3..<3.8).contains(seconds) && activeCount > 8 }
        let outcome = link.run(Self.many(2000, of: 10 << 20))
        #expect(outcome.laneCount(at: 2.9) == 16 && outcome.laneCount(at: 3.1) == 8)
        // Those that were under way hear the same; they say nothing new.
        #expect(outcome.laneCount(at: 12.9) == 8 && outcome.laneCount(at: 14) == 16)
        #expect(outcome.savedCount == 2000 * 19)
    }

    @Test("A store that is never content gets one request at a time, and never none")
    func neverContent() {
        var growth = LaneGrowth(ceiling: 32, now: .zero)
        var traffic = Traffic()
        for second in 1...60 {
            traffic.slowDownCount += 3
            growth.measured(traffic, usedCount: growth.count, limit: 32, isWorkWaiting: true, now: .seconds(2 * second))
            #expect(growth.count >= 1 && growth.count <= 4)
        }
        #expect(growth.count == 1)
    }

    @Test("It does not go beyond what other limits leave, and learns nothing from lanes without work")
    func otherLimits() {
        var growth = LaneGrowth(ceiling: 32, now: .zero)
        func measure(_ second: Int, usedCount: Int, limit: Int, isWorkWaiting: Bool) -> Int {
            let traffic = Traffic(byteCount: Int64(second) << 20)
            growth.measured(
                traffic, usedCount: usedCount, limit: limit, isWorkWaiting: isWorkWaiting, now: .seconds(second))
            return growth.count
        }
        #expect(measure(1, usedCount: 2, limit: 2, isWorkWaiting: true) == 4)
        #expect(measure(2, usedCount: 4, limit: 32, isWorkWaiting: false) == 4)
        #expect(measure(3, usedCount: 5, limit: 32, isWorkWaiting: true) == 4)
        #expect(measure(4, usedCount: 4, limit: 32, isWorkWaiting: true) == 8)
    }

    @Test("Before anything has come more lanes wait with each second, up to the ceiling")
    func quiet() {
        var growth = LaneGrowth(ceiling: 20, now: .zero)
        let counts = (1...40).map { number in
            growth.measured(
                Traffic(), usedCount: growth.count, limit: 20, isWorkWaiting: true, now: .milliseconds(125) * number)
            return growth.count
        }
        #expect(
            counts.prefix(7).allSatisfy { $0 == 4 } && counts[7] == 8 && counts[15] == 16 && counts[23...].allSatisfy { $0 == 20 }
        )
    }

    @Test("A clock that stands still, or goes on without bytes, changes nothing")
    func standingClock() {
        var growth = LaneGrowth(ceiling: 32, now: .seconds(7))
        for number in 0..<10 {
            growth.measured(
                Traffic(byteCount: Int64(number)), usedCount: 4, limit: 32, isWorkWaiting: true, now: .seconds(7))
        }
        #expect(growth.count == 4)
        for second in 8..<20 {
            growth.measured(Traffic(byteCount: 9), usedCount: 4, limit: 32, isWorkWaiting: true, now: .seconds(second))
            // The first window had the bytes of the standing clock.
            #expect(growth.count == 8)
        }
    }
}

import Testing

@testable import CodSink

@Suite("What a free lane does next")
struct VerificationScheduleTests {
    private typealias Schedule = VerificationSchedule<Int, String>

    private func name(_ next: (action: Schedule.Action, lane: Int)?) -> String? {
        guard let next else { return nil }
        return switch next.action {
        case .scan(let number): "scan \(number) on \(next.lane)"
        case .check(let batch): "check \(batch) on \(next.lane)"
        }
    }

    @Test("Two folders are looked into at a time, in their order, and files before folders")
    func order() {
        var schedule = Schedule(scans: [1, 2, 3], laneCount: 4)
        #expect(name(schedule.next()) == "scan 1 on 0")
        #expect(name(schedule.next()) == "scan 2 on 1")
        #expect(name(schedule.next()) == nil)
        schedule.scanned(lane: 0, found: ["a", "b"])
        #expect(name(schedule.next()) == "check a on 0")
        #expect(name(schedule.next()) == "check b on 2")
        #expect(name(schedule.next()) == "scan 3 on 3")
        #expect(name(schedule.next()) == nil)
        schedule.scanned(lane: 1, found: [])
        #expect(name(schedule.next()) == nil)
        schedule.scanned(lane: 3, found: ["c"])
        #expect(name(schedule.next()) == "check c on 3")
        schedule.checked(lane: 2)
        #expect(name(schedule.next()) == nil)
    }

    @Test("With one lane, all is done one after the other")
    func oneLane() {
        var schedule = Schedule(scans: [1, 2], laneCount: 0)
        #expect(name(schedule.next()) == "scan 1 on 0")
        #expect(name(schedule.next()) == nil)
        schedule.scanned(lane: 0, found: ["a"])
        #expect(name(schedule.next()) == "check a on 0")
        schedule.checked(lane: 0)
        #expect(name(schedule.next()) == "scan 2 on 0")
        schedule.scanned(lane: 0, found: [])
        #expect(name(schedule.next()) == nil)
    }

    @Test("Every folder and every batch is handed out once, whatever ends when", arguments: 0..<20 as Range<UInt64>)
    func everything(seed: UInt64) {
        var generator = Seeded(state: seed)
        var schedule = Schedule(scans: Array(0..<30), laneCount: Int(seed % 5) + 1)
        var underWay: [(action: Schedule.Action, lane: Int)] = []
        var (scanned, checked, found): ([Int], [String], [String]) = ([], [], [])
        while true {
            while let next = schedule.next() {
                #expect(!underWay.contains { $0.lane == next.lane })
                underWay.append(next)
            }
            guard !underWay.isEmpty else { break }
            let ended = underWay.remove(at: Int.random(in: underWay.indices, using: &generator))
            switch ended.action {
            case .scan(let number):
                let batches = (0..<Int.random(in: 0...4, using: &generator)).map { "\(number).\($0)" }
                scanned.append(number)
                found += batches
                schedule.scanned(lane: ended.lane, found: batches)
            case .check(let batch):
                checked.append(batch)
                schedule.checked(lane: ended.lane)
            }
        }
        #expect(scanned.sorted() == Array(0..<30))
        #expect(checked.sorted() == found.sorted())
    }

    @Test("Stopped, nothing new is begun")
    func stopped() {
        var schedule = Schedule(scans: [1, 2, 3], laneCount: 2)
        _ = schedule.next()
        schedule.scanned(lane: 0, found: ["a"])
        schedule.stop()
        #expect(name(schedule.next()) == nil)
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}

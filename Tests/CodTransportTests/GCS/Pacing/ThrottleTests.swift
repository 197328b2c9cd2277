import Testing

@testable import CodTransport

@Suite("A store that asks for less gets less, and little by little more again")
struct ThrottleTests {
    private func throttle() -> Throttle { Throttle(ceiling: 16, usualCount: 8) }

    @Test("Being told to slow down halves what is under way, down to one, and never to none")
    func halving() {
        var throttle = throttle()
        #expect(throttle.limit(at: .zero) == 16)
        let limits = (0..<5).map { throttle.slowDown($0, underWayCount: 8, nextNumber: $0 + 1, now: .zero) }
        #expect(limits == [4, 2, 1, nil, nil])
        #expect(throttle.limit(at: .zero) == 1)
    }

    @Test(
        "It is halved from what is under way, or would be in a busy job, whichever is more",
        arguments: [(1, 4), (8, 4), (9, 4), (12, 6), (16, 8)])
    func start(underWayCount: Int, limit: Int) {
        var throttle = throttle()
        #expect(throttle.slowDown(0, underWayCount: underWayCount, nextNumber: 20, now: .zero) == limit)
    }

    @Test("Requests that began before the last halving do not halve again")
    func onceForAll() {
        var throttle = throttle()
        #expect(throttle.slowDown(3, underWayCount: 8, nextNumber: 8, now: .zero) == 4)
        for number in [0, 1, 2, 4, 5, 6, 7] {
            #expect(throttle.slowDown(number, underWayCount: 7, nextNumber: 9, now: .seconds(1)) == nil)
        }
        #expect(throttle.limit(at: .seconds(1)) == 4)
        #expect(throttle.slowDown(8, underWayCount: 4, nextNumber: 12, now: .seconds(2)) == 2)
    }

    @Test("One comes back for every 30 s in which nobody is told to slow down, up to the ceiling")
    func recovery() {
        var throttle = throttle()
        _ = throttle.slowDown(0, underWayCount: 8, nextNumber: 1, now: .seconds(100))
        #expect(throttle.nextRise(after: .seconds(110)) == .seconds(20))
        let times = [129, 130, 159, 160, 190, 489, 490, 5000]
        #expect(times.map { throttle.limit(at: .seconds($0)) } == [4, 5, 5, 6, 7, 16, 16, 16])
        #expect(throttle.nextRise(after: .seconds(5000)) == nil)
    }

    @Test("Being told again puts the next one off, even when it does not halve")
    func putOff() {
        var throttle = throttle()
        _ = throttle.slowDown(0, underWayCount: 8, nextNumber: 8, now: .zero)
        _ = throttle.slowDown(1, underWayCount: 7, nextNumber: 8, now: .seconds(29))
        #expect(throttle.limit(at: .seconds(58)) == 4)
        #expect(throttle.limit(at: .seconds(59)) == 5)
    }

    @Test("A clock that stands still, or a ceiling of nonsense, does no harm")
    func edges() {
        var tiny = Throttle(ceiling: 0, usualCount: 0)
        #expect(tiny.slowDown(0, underWayCount: 1, nextNumber: 1, now: .zero) == nil)
        #expect(tiny.limit(at: .zero) == 1)
    }
}

import CodTesting
import Testing

@Suite("A slow store")
struct PaceTests {
    @Test("latency comes before each head, from the rules and from a fault")
    func latency() async throws {
        let clock = ManualClock()
        try await withStore(LoopbackStore(timing: clock.timing)) { store, client in
            store.put("o", [1])
            #expect(await client.media("o").body == [1])
            #expect(clock.sleeps == [])
            store.rules.latency = .milliseconds(40)
            store.script(matching: .media, faults: [.latency(.seconds(1))])
            #expect(await client.media("o").body == [1])
            #expect(clock.sleeps == [.milliseconds(40), .seconds(1)])
        }
    }

    @Test("a body takes as long as its rate says", arguments: [true, false])
    func throttle(isRule: Bool) async throws {
        let clock = ManualClock()
        let content = pattern(1_000_000)
        try await withStore(LoopbackStore(timing: clock.timing)) { store, client in
            store.put("o", content)
            if isRule {
                store.rules.bytesPerSecond = 250_000
            } else {
                store.script(matching: .any, faults: [.throttle(bytesPerSecond: 250_000)])
            }
            #expect(await client.media("o").difference(from: content) == nil)
            #expect(abs(clock.now / .seconds(1) - 4) < 1e-6)
            #expect(clock.sleeps.count == 80)
        }
    }

    @Test("a drip is a few bytes and a pause, again and again")
    func drip() async throws {
        let clock = ManualClock()
        try await withStore(LoopbackStore(timing: clock.timing)) { store, client in
            store.put("o", pattern(10))
            store.script(matching: .any, faults: [.drip(byteCount: 3, every: .seconds(9))])
            #expect(await client.media("o").body == pattern(10))
            #expect(clock.sleeps == Array(repeating: .seconds(9), count: 4))
        }
    }
}

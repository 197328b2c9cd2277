import CodTesting
import Testing

@Suite("Stalls")
struct StallTests {
    private static let content = pattern(400_000)
    private static let cut = 150_000

    @Test("a stalled body goes on when the gate opens")
    func stall() async throws {
        let gate = LoopbackStore.Gate()
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [.stall(afterByteCount: Int64(Self.cut), until: gate)])
            async let answer = client.media("o.tar")
            await gate.arrival()
            #expect(store.log[0].progress == .running && store.log[0].byteCount == Int64(Self.cut))
            gate.open()
            let whole = await answer
            #expect(whole.difference(from: Self.content) == nil && whole.failure == nil)
            #expect(store.log[0].progress == .complete)
        }
    }

    @Test("a stall before the head holds everything back")
    func stallBeforeHead() async throws {
        let gate = LoopbackStore.Gate()
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [.stallBeforeHead(until: gate)])
            async let answer = client.media("o.tar")
            await gate.arrival()
            #expect(store.log[0].status == nil)
            gate.open()
            #expect(await answer.difference(from: Self.content) == nil)
        }
    }

    @Test("a stall ends when the client goes away")
    func stallAbandoned() async throws {
        let gate = LoopbackStore.Gate()
        let (ended, endings) = AsyncStream<LoopbackStore.Request>.makeStream()
        let store = try LoopbackStore(onRequest: { endings.yield($0) })
        try await withStore(store) { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [.stall(afterByteCount: 10, until: gate)])
            let reading = Task { await client.media("o.tar") }
            await gate.arrival()
            reading.cancel()
            #expect(await reading.value.failure != nil)
            var iterator = ended.makeAsyncIterator()
            let entry = try #require(await iterator.next())
            #expect(entry.progress == .broken && entry.byteCount == 10)
        }
    }

    @Test("a stall ends when the store stops")
    func stallStopped() async throws {
        let gate = LoopbackStore.Gate()
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [.stall(afterByteCount: 10, until: gate)])
            async let answer = client.media("o.tar")
            await gate.arrival()
            await store.stop()
            #expect(await answer.failure != nil)
            #expect(store.traffic.connectionCount == 0 && store.traffic.archiveReadCount == 0)
        }
    }
}

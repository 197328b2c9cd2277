import CodTesting
import Testing

@Suite("Faults on the wire")
struct WireTests {
    private static let content = pattern(400_000)

    @Test(
        "on the wire, exactly the bytes before a close are there, and FIN behind them",
        arguments: [
            (.close(afterByteCount: 0), 0), (.close(afterByteCount: 65_536), 65_536), (.close(afterByteCount: 1 << 40), 400_000),
            (.noLength(truncatedTo: 7), 7), (.noLength(), 400_000), (.wrongLength(by: -100), 400_000),
            (.wrongLength(by: 100), 400_000),
            (.closeAfterAnswer, 400_000), (.truncate(toByteCount: 9), 9),
        ] as [(LoopbackStore.Fault, Int)])
    func wire(fault: LoopbackStore.Fault, byteCount: Int) async throws {
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [fault])
            let answer = try await client.wire("o.tar", "connection: close")
            #expect(answer.head.hasPrefix("HTTP/1.1 200 OK\r\n") && !answer.wasReset)
            let isRight = answer.body.elementsEqual(Self.content.prefix(byteCount))
            #expect(isRight && answer.body.count == byteCount)
        }
    }

    @Test("on the wire, a reset is no FIN", arguments: [.resetBeforeHead, .reset(afterByteCount: 10)] as [LoopbackStore.Fault])
    func wireReset(fault: LoopbackStore.Fault) async throws {
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [fault])
            let answer = try await client.wire("o.tar")
            #expect(answer.wasReset)
        }
    }

    @Test("of a range, byte counts are those of the part that is sent")
    func closeInRange() async throws {
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [.close(afterByteCount: 1_000)])
            let answer = try await client.wire("o.tar", "range: bytes=200000-")
            let isRight = answer.body.elementsEqual(Self.content[200_000..<201_000])
            #expect(isRight && answer.head.hasPrefix("HTTP/1.1 206 Partial Content\r\n"))
            #expect(answer.head.contains("content-range: bytes 200000-399999/400000"))
        }
    }
}

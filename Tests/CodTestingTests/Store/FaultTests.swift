import AsyncHTTPClient
import CodTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("Faults")
struct FaultTests {
    private static let content = pattern(400_000)
    private static let cut = 150_000

    /// Reads an object that meets a fault, then once more to see that only the one read did.
    private func read(
        _ fault: LoopbackStore.Fault, range: String? = nil, _ check: (Answer, LoopbackStore) throws -> Void
    ) async throws {
        try await withStore { store, client in
            store.put("o.tar", Self.content)
            store.script(matching: .object(suffix: ".tar"), faults: [fault])
            #expect(store.pendingFaultCount == 1)
            let headers = range.map { [("range", $0)] } ?? []
            let answer = await client.fetch(client.path("o.tar", "?alt=media"), headers: headers)
            try check(answer, store)
            #expect(store.pendingFaultCount == 0)
            let again = await client.media("o.tar")
            #expect(again.status == 200 && again.body.count == Self.content.count)
        }
    }

    @Test("a status comes with the service's own words and the headers that were asked for")
    func status() async throws {
        try await read(.status(429, headers: ["Retry-After": "2"])) { answer, _ in
            #expect(answer.status == 429 && answer.headers["retry-after"] == ["2"])
            #expect(answer.errorReason == "rateLimitExceeded")
        }
        try await read(.status(200, body: "<html>Log in</html>")) { answer, _ in
            #expect(answer.status == 200 && answer.text == "<html>Log in</html>")
            #expect(answer.headers["content-type"] == ["text/html; charset=UTF-8"])
        }
    }

    @Test("a status that is none does no harm to the store", arguments: [Int.min, 0, 99, 101, 199, 1_000, Int.max])
    func oddStatus(status: Int) async throws {
        try await withStore { store, client in
            store.put("o", [1])
            store.script(matching: .media, faults: [.status(status)])
            let answer = try await client.wire("o", "connection: close")
            #expect(answer.head.hasPrefix("HTTP/1.1 \(min(max(status, 100), 999)) "))
            #expect(await client.media("o").body == [1])
        }
    }

    @Test("a reset before the head is a reset, and nothing else")
    func resetBeforeHead() async throws {
        try await read(.resetBeforeHead) { answer, store in
            #expect(answer.status == nil && answer.errnoCode == ECONNRESET)
            #expect(store.log[0].status == nil && store.log[0].progress == .broken)
        }
    }

    @Test("a close before the head is a connection without an answer")
    func closeBeforeHead() async throws {
        try await read(.closeBeforeHead) { answer, _ in
            #expect(answer.status == nil && answer.failure as? HTTPClientError == .remoteConnectionClosed)
        }
    }

    @Test("a reset in the body comes after no more than the bytes that were sent")
    func reset() async throws {
        try await read(.reset(afterByteCount: Int64(Self.cut))) { answer, store in
            #expect(answer.status == 200 && answer.headers["content-length"] == ["\(Self.content.count)"])
            #expect(answer.errnoCode == ECONNRESET || answer.errnoCode == EPIPE)
            #expect(answer.body.count <= Self.cut && answer.difference(from: Self.content.prefix(answer.body.count)) == nil)
            #expect(store.log[0].byteCount == Int64(Self.cut) && store.log[0].progress == .broken)
        }
    }

    @Test("a close in the body is an end that comes too early", arguments: [0, 1, 65_536, cut])
    func close(byteCount: Int) async throws {
        try await read(.close(afterByteCount: Int64(byteCount))) { answer, store in
            #expect(answer.status == 200 && answer.headers["content-length"] == ["\(Self.content.count)"])
            #expect(answer.failure is HTTPParserError)
            // The client may drop what it has not handed on when the connection breaks.
            #expect(answer.body.count <= byteCount)
            #expect(answer.difference(from: Self.content.prefix(answer.body.count)) == nil)
            #expect(store.log[0].byteCount == Int64(byteCount) && store.log[0].progress == .broken)
        }
    }

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

    @Test("a flipped byte is the only one that differs, in the whole and in a range that holds it")
    func corrupt() async throws {
        var damaged = Self.content
        damaged[Self.cut] = ~damaged[Self.cut]
        try await read(.corrupt(atByte: Int64(Self.cut))) { answer, _ in #expect(answer.difference(from: damaged) == nil) }
        try await read(.corrupt(atByte: Int64(Self.cut)), range: "bytes=\(Self.cut)-\(Self.cut + 9)") { answer, _ in
            #expect(answer.difference(from: damaged[Self.cut..<(Self.cut + 10)]) == nil)
        }
        try await read(.corrupt(atByte: Int64(Self.cut)), range: "bytes=0-9") { answer, _ in
            #expect(answer.difference(from: Self.content[0..<10]) == nil)
        }
    }

    @Test("a length that is too small hides the rest; the body ends cleanly")
    func shortLength() async throws {
        try await read(.wrongLength(by: -100)) { answer, _ in
            #expect(answer.headers["content-length"] == ["\(Self.content.count - 100)"])
            #expect(answer.difference(from: Self.content.dropLast(100)) == nil && answer.failure == nil)
        }
    }

    @Test("a length that is too large leaves the body unfinished")
    func longLength() async throws {
        try await read(.wrongLength(by: 100)) { answer, _ in
            #expect(answer.headers["content-length"] == ["\(Self.content.count + 100)"])
            #expect(answer.failure is HTTPParserError)
            #expect(answer.difference(from: Self.content.prefix(answer.body.count)) == nil)
        }
    }

    @Test("without a length the end of the connection is a clean end, early or not", arguments: [nil, cut])
    func noLength(byteCount: Int?) async throws {
        try await read(.noLength(truncatedTo: byteCount.map(Int64.init))) { answer, _ in
            #expect(answer.headers["content-length"] == [] && answer.headers["transfer-encoding"] == [])
            #expect(answer.headers["connection"] == ["close"] && answer.failure == nil)
            #expect(answer.difference(from: Self.content.prefix(byteCount ?? Self.content.count)) == nil)
        }
    }

    @Test("chunks take the place of a length")
    func chunked() async throws {
        try await read(.chunked) { answer, _ in
            #expect(answer.headers["transfer-encoding"] == ["chunked"] && answer.headers["content-length"] == [])
            #expect(answer.difference(from: Self.content) == nil && answer.failure == nil)
        }
        try await read(.all([.chunked, .close(afterByteCount: 1_000)])) { answer, _ in
            #expect(answer.body.count <= 1_000 && answer.failure is HTTPParserError)
        }
    }

    @Test("a truncated body is shorter in a well-formed answer")
    func truncate() async throws {
        try await read(.truncate(toByteCount: 4)) { answer, _ in
            #expect(answer.headers["content-length"] == ["4"] && answer.body.count == 4 && answer.failure == nil)
        }
        try await withStore { store, client in
            store.put("o", [1])
            store.script(matching: .list, faults: [.truncate(toByteCount: 4)])
            #expect(await client.list("prettyPrint=false").text == #"{"ki"#)
            #expect(await client.list("prettyPrint=false").text.hasSuffix("}"))
        }
    }

    @Test("checksums and other headers can be left out or replaced")
    func headers() async throws {
        try await read(.dropHash) { answer, _ in
            #expect(answer.headers["x-goog-hash"] == [] && answer.difference(from: Self.content) == nil)
        }
        try await read(.headers(["Content-Range": "bytes 7-9/10", "X-Goog-Generation": nil, "Age": "60"]), range: "bytes=0-9") {
            answer, _ in
            #expect(answer.status == 206 && answer.headers["content-range"] == ["bytes 7-9/10"])
            #expect(answer.headers["x-goog-generation"] == [] && answer.headers["age"] == ["60"])
        }
    }

    @Test("an ignored range is a 200 with everything")
    func ignoreRange() async throws {
        try await read(.ignoreRange, range: "bytes=10-") { answer, _ in
            #expect(answer.status == 200 && answer.difference(from: Self.content) == nil && answer.headers["content-range"] == [])
        }
    }

    @Test("a range can come with the status of a whole")
    func statusKeepingRange() async throws {
        try await read(.statusKeepingRange(200), range: "bytes=10-") { answer, _ in
            #expect(
                answer.status == 200
                    && answer.headers["content-range"] == ["bytes 10-\(Self.content.count - 1)/\(Self.content.count)"])
            #expect(answer.difference(from: Self.content.dropFirst(10)) == nil)
        }
    }

    @Test("a redirect leads elsewhere")
    func redirect() async throws {
        try await read(.redirect(to: "http://127.0.0.1:1/x", status: 302)) { answer, _ in
            #expect(answer.status == 302 && answer.headers["location"] == ["http://127.0.0.1:1/x"] && answer.body == [])
        }
    }

    @Test("an object is overwritten between two reads")
    func overwrite() async throws {
        try await withStore { store, client in
            let generation = store.put("o", [1])
            store.script(matching: .object(name: "o"), faults: [.pass, .overwrite([2, 3])])
            #expect(await client.media("o", query: "&ifGenerationMatch=\(generation)").status == 200)
            #expect(await client.media("o", query: "&ifGenerationMatch=\(generation)").status == 412)
            #expect(await client.media("o").body == [2, 3])
        }
    }

    @Test("after an answer the connection may close without notice")
    func closeAfterAnswer() async throws {
        try await read(.closeAfterAnswer) { answer, store in
            #expect(answer.difference(from: Self.content) == nil && answer.failure == nil && answer.headers["connection"] == [])
            #expect(store.log[0].progress == .complete)
        }
    }

    @Test("a listing can have an empty page, or a token that leads in a circle")
    func listTricks() async throws {
        try await withStore { store, client in
            for name in ["a", "b", "c"] { store.put(name, [1]) }
            store.script(matching: .list, faults: [.pass, .emptyPage])
            let pages = try await client.pages("maxResults=2")
            #expect(pages.map(\.names) == [["a", "b"], [], ["c"]])
            store.script(matching: .list, faults: [.pass, .repeatPageToken])
            let first: Listing = try await client.list("maxResults=1").decoded()
            let second: Listing = try await client.list("maxResults=1&pageToken=\(first.nextPageToken ?? "")").decoded()
            #expect(second.names == ["b"] && second.nextPageToken == first.nextPageToken)
        }
    }

    @Test("scripts apply to what they match, in their order, and then always")
    func scripts() async throws {
        try await withStore { store, client in
            store.put("a.tar", [1])
            store.put("b.json", [2])
            store.script(matching: .object(suffix: ".tar"), faults: [.status(503), .pass], thenAlways: .status(403))
            store.script(matching: .any, faults: [.status(500)])
            var statuses: [Int?] = []
            for name in ["a.tar", "b.json", "b.json", "a.tar", "a.tar", "a.tar"] {
                statuses.append(await client.media(name).status)
            }
            #expect(statuses == [503, 500, 200, 200, 403, 403])
            store.clearScripts()
            #expect(await client.media("a.tar").status == 200)
            store.script(matching: .requests { $0.range == "bytes=0-" }, faults: [], thenAlways: .status(502))
            #expect(await client.media("a.tar").status == 200)
            #expect(await client.media("a.tar", ("range", "bytes=0-")).status == 502)
        }
    }
}

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

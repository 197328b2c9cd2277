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
        let date = "Wed, 01 Jan 2020 00:00:00 GMT"
        try await read(.status(503, headers: ["Date": date])) { answer, _ in #expect(answer.headers["date"] == [date]) }
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

    @Test("after an answer the connection may close without notice")
    func closeAfterAnswer() async throws {
        try await read(.closeAfterAnswer) { answer, store in
            #expect(answer.difference(from: Self.content) == nil && answer.failure == nil && answer.headers["connection"] == [])
            #expect(store.log[0].progress == .complete)
        }
    }

}

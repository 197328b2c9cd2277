import NIOCore
import NIOHTTP1
import Testing

@testable import CodTesting

@Suite("Objects that are stored gzipped")
struct TranscodingTests {
    private static let text = Array(String(repeating: "{\"a\": 1}", count: 50_000).utf8)
    private static let stored = try! gzip(Array(text))

    private func withObject(_ body: (LoopbackStore, StoreClient) async throws -> Void) async throws {
        try await withStore { store, client in
            store.put("m.json", Self.stored, contentEncoding: "gzip")
            try await body(store, client)
        }
    }

    @Test("a client that accepts gzip gets the stored bytes, with ranges", arguments: ["gzip", "deflate, GZIP;q=0.5", "*"])
    func accepted(field: String) async throws {
        try await withObject { _, client in
            let whole = await client.media("m.json", ("accept-encoding", field))
            #expect(whole.status == 200 && whole.difference(from: Self.stored) == nil)
            #expect(whole.headers["content-encoding"] == ["gzip"] && whole.headers["content-length"] == ["\(Self.stored.count)"])
            #expect(whole.headers["x-goog-stored-content-encoding"] == ["gzip"])
            let part = await client.media("m.json", ("accept-encoding", field), ("range", "bytes=5-"))
            #expect(part.status == 206 && part.difference(from: Array(Self.stored[5...])) == nil)
        }
    }

    @Test(
        "any other client gets the text, chunked, of no known length, whatever range it asks for",
        arguments: [nil, "identity", "gzip;q=0", "deflate"])
    func inflatedOnTheWay(field: String?) async throws {
        try await withObject { _, client in
            let headers = field.map { [("accept-encoding", $0)] } ?? []
            for extra in [[], [("range", "bytes=5-9")]] {
                let answer = await client.fetch(client.path("m.json", "?alt=media"), headers: headers + extra)
                #expect(answer.status == 200 && answer.difference(from: Self.text) == nil)
                #expect(answer.headers["content-length"] == [] && answer.headers["transfer-encoding"] == ["chunked"])
                #expect(answer.headers["content-encoding"] == [] && answer.headers["content-range"] == [])
                #expect(answer.headers["x-goog-stored-content-encoding"] == ["gzip"])
                #expect(answer.headers["x-goog-stored-content-length"] == ["\(Self.stored.count)"])
                #expect(answer.headers["x-guploader-response-body-transformations"] == ["gunzipped"])
            }
        }
    }

    @Test("a fault inflates it for a client that accepts gzip, once")
    func unreadField() async throws {
        try await withObject { store, client in
            store.script(matching: .any, faults: [.ignoreAcceptEncoding])
            let inflated = await client.media("m.json", ("accept-encoding", "gzip"))
            #expect(inflated.status == 200 && inflated.difference(from: Self.text) == nil)
            #expect(inflated.headers["content-encoding"] == [] && store.pendingFaultCount == 0)
            let stored = await client.media("m.json", ("accept-encoding", "gzip"))
            #expect(stored.difference(from: Self.stored) == nil)
        }
    }

    @Test("the checksum stays that of the stored bytes")
    func checksum() async throws {
        try await withObject { _, client in
            let stored = await client.media("m.json", ("accept-encoding", "gzip"))
            let inflated = await client.media("m.json")
            #expect(stored.headers["x-goog-hash"] == inflated.headers["x-goog-hash"])
        }
    }

    @Test("HEAD of one that would be inflated has no body")
    func head() async throws {
        try await withObject { _, client in
            let answer = await client.fetch(client.path("m.json", "?alt=media"), method: .HEAD)
            #expect(answer.status == 200 && answer.body == [] && answer.failure == nil && answer.headers["content-length"] == [])
        }
    }

    @Test("bytes that are no gzip break the answer off")
    func damaged() async throws {
        try await withStore { store, client in
            store.put("m.json", Self.stored.dropLast(20), contentEncoding: "gzip")
            let answer = await client.media("m.json")
            #expect(answer.status == 200 && answer.failure != nil)
        }
    }

    @Test("gzip is inflated the same however its bytes are cut")
    func everySplit() throws {
        let text = Array("one member".utf8) + pattern(300)
        let stored = try gzip(text)
        let two = stored + stored
        for split in 0...two.count {
            #expect(try inflated(pieces: [Array(two[..<split]), Array(two[split...])]) == text + text)
        }
        #expect(try inflated(pieces: two.map { [$0] }, byteCount: 1) == text + text)
        #expect(throws: GzipInflation.Damaged.self) { try inflated(pieces: [stored.dropLast()]) }
    }
}

func inflated(_ bytes: [UInt8]) throws -> [UInt8] { try inflated(pieces: [bytes]) }

private func inflated(pieces: [[UInt8]], byteCount: Int = 64) throws -> [UInt8] {
    let inflation = try GzipInflation()
    var result: [UInt8] = []
    for piece in pieces {
        inflation.feed(ByteBuffer(bytes: piece))
        while true {
            let bytes = try inflation.next(byteCount: byteCount)
            if bytes.readableBytes == 0, inflation.needsInput { break }
            result += bytes.readableBytesView
        }
    }
    try inflation.finish()
    return result
}

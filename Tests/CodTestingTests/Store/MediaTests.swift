import CodTesting
import NIOHTTP1
import Testing

@Suite("Reads of an object")
struct MediaTests {
    private static let content = pattern(100_000)

    private func withObject(_ body: (LoopbackStore, StoreClient) async throws -> Void) async throws {
        try await withStore { store, client in
            store.put("d/o.tar", Self.content, contentType: "application/x-tar", generation: 1_666_089_540_728_742)
            try await body(store, client)
        }
    }

    @Test(
        "the bytes come by all three paths, with the headers that say what they are",
        arguments: [
            "/storage/v1/b/loopback/o/d%2Fo.tar?alt=media", "/download/storage/v1/b/loopback/o/d%2Fo.tar?alt=media",
            "/loopback/d/o.tar", "/loopback/d%2Fo.tar",
        ])
    func whole(target: String) async throws {
        try await withObject { _, client in
            let answer = await client.fetch(target)
            #expect(answer.status == 200 && answer.difference(from: Self.content) == nil && answer.failure == nil)
            #expect(answer.headers["content-length"] == ["100000"])
            #expect(answer.headers["content-type"] == ["application/x-tar"])
            #expect(answer.headers["accept-ranges"] == ["bytes"])
            #expect(answer.headers["x-goog-generation"] == ["1666089540728742"])
            #expect(answer.headers["x-goog-metageneration"] == ["1"])
            #expect(answer.headers["x-goog-stored-content-length"] == ["100000"])
            #expect(answer.headers["x-goog-stored-content-encoding"] == ["identity"])
            #expect(answer.headers["last-modified"] == ["Tue, 18 Oct 2022 10:39:00 GMT"])
            #expect(answer.headers["content-range"] == [] && answer.headers["content-encoding"] == [])
            #expect(answer.headers["etag"].count == 1 && answer.headers["date"].count == 1)
            let hashes = answer.headers["x-goog-hash"]
            #expect(hashes.count == 2 && hashes[0].hasPrefix("crc32c=") && hashes[1].hasPrefix("md5="))
        }
    }

    @Test("the checksum is that of the bytes")
    func checksum() async throws {
        try await withStore { store, client in
            store.put("o", Array("123456789".utf8))
            #expect(await client.media("o").headers["x-goog-hash"] == ["crc32c=4waSgw==", "md5=JfnnlDI7RTiF9RgfG2JNCw=="])
        }
    }

    @Test("a large object has a crc32c and no md5")
    func largeObject() async throws {
        try await withStore { store, client in
            let content = [UInt8](repeating: 7, count: 8 << 20 + 1)
            store.put("o", content)
            let answer = await client.media("o")
            #expect(answer.difference(from: content) == nil && answer.headers["x-goog-hash"].map { $0.prefix(7) } == ["crc32c="])
        }
    }

    @Test(
        "a range gives those bytes, says which, and has no checksum",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=10-19", 10..<20), ("bytes=99999-", 99_999..<100_000), ("bytes=500-", 500..<100_000),
            ("bytes=-1", 99_999..<100_000), ("bytes=-200000", 0..<100_000), ("bytes=99000-200000", 99_000..<100_000),
            ("bytes=5-9223372036854775807", 5..<100_000),
        ])
    func range(field: String, expected: Range<Int>) async throws {
        try await withObject { _, client in
            for answer in [await client.media("d/o.tar", ("range", field)), await client.xml("d/o.tar", ("range", field))] {
                #expect(answer.status == 206 && answer.difference(from: Array(Self.content[expected])) == nil)
                #expect(answer.headers["content-range"] == ["bytes \(expected.lowerBound)-\(expected.upperBound - 1)/100000"])
                #expect(answer.headers["content-length"] == ["\(expected.count)"])
                #expect(answer.headers["x-goog-hash"] == [])
                #expect(answer.headers["x-goog-generation"] == ["1666089540728742"])
            }
        }
    }

    @Test(
        "a range that begins behind the end is a 416 that says the size",
        arguments: ["bytes=100000-", "bytes=200000-200001", "bytes=-0"])
    func unsatisfiable(field: String) async throws {
        try await withObject { _, client in
            let json = await client.media("d/o.tar", ("range", field))
            #expect(json.status == 416 && json.headers["content-range"] == ["bytes */100000"])
            #expect(json.errorReason == "requestedRangeNotSatisfiable")
            let xml = await client.xml("d/o.tar", ("range", field))
            #expect(xml.status == 416 && xml.text.contains("<Code>InvalidRange</Code>"))
        }
    }

    @Test(
        "a range field that means no one range is ignored",
        arguments: ["bytes=0-1,3-4", "bytes=9-1", "bytes=-", "items=0-1", "bytes=x-", "bytes=99999999999999999999-"])
    func ignoredRange(field: String) async throws {
        try await withObject { _, client in
            let answer = await client.media("d/o.tar", ("range", field))
            #expect(
                answer.status == 200 && answer.difference(from: Self.content) == nil && answer.headers["x-goog-hash"].count == 2)
        }
    }

    @Test("an empty object is read whole, and has no ranges")
    func empty() async throws {
        try await withStore { store, client in
            store.put("o", [])
            let answer = await client.media("o")
            #expect(answer.status == 200 && answer.body == [] && answer.headers["content-length"] == ["0"])
            #expect(answer.headers["x-goog-hash"].first == "crc32c=AAAAAA==")
            #expect(await client.media("o", ("range", "bytes=0-")).headers["content-range"] == ["bytes */0"])
        }
    }

    @Test("HEAD says what GET says, without a body, and leaves the connection usable")
    func head() async throws {
        try await withObject { store, client in
            for target in ["/loopback/d/o.tar", client.path("d/o.tar", "?alt=media")] {
                let answer = await client.fetch(target, method: .HEAD)
                #expect(answer.status == 200 && answer.body == [] && answer.headers["content-length"] == ["100000"])
                #expect(answer.headers["x-goog-hash"].count == 2)
            }
            #expect(await client.fetch("/loopback/none", method: .HEAD).status == 404)
            #expect(await client.media("d/o.tar").difference(from: Self.content) == nil)
            #expect(Set(store.log.map(\.connectionNumber)).count == 1)
        }
    }

    @Test("metadata is the object's resource; a name with a slash must be encoded")
    func metadata() async throws {
        try await withObject { _, client in
            let item: Listing.Item = try await client.fetch(client.path("d/o.tar")).decoded()
            #expect(item.name == "d/o.tar" && item.size == "100000" && item.generation == "1666089540728742")
            let some = await client.fetch(client.path("d/o.tar", "?fields=name,size&prettyPrint=false"))
            #expect(some.text == #"{"name":"d/o.tar","size":"100000"}"#)
            #expect(await client.fetch(client.path("d/o.tar", "?fields=items")).status == 400)
            #expect(await client.fetch("/storage/v1/b/loopback/o/d/o.tar").status == 404)
        }
    }

    @Test("what is not there is a 404 in the words of the API that was asked")
    func notFound() async throws {
        try await withObject { _, client in
            let object = await client.media("d/none")
            #expect(object.status == 404 && object.headers["content-type"] == ["application/json; charset=UTF-8"])
            let error: ErrorBody = try object.decoded()
            #expect(error.error.code == 404 && error.error.message == "No such object: loopback/d/none")
            #expect(error.reason == "notFound")
            let xml = await client.xml("d/none")
            #expect(xml.status == 404 && xml.headers["content-type"] == ["application/xml; charset=UTF-8"])
            #expect(xml.text.hasPrefix("<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code>"))
            let bucket = await client.fetch("/storage/v1/b/other/o")
            #expect(
                try bucket.status == 404 && bucket.decoded(ErrorBody.self).error.message == "The specified bucket does not exist."
            )
            #expect(await client.fetch("/other/o").text.contains("NoSuchBucket"))
            #expect(await client.fetch("/storage/v1/b/loopback/o/%ff").status == 404)
            #expect(await client.fetch("/loopback/d/o.tar", method: .DELETE).status == 405)
        }
    }
}

@Suite("Preconditions")
struct PreconditionTests {
    private static let cases: [(query: String, status: Int)] = [
        ("ifGenerationMatch=7000", 200), ("ifGenerationMatch=6000", 412), ("ifGenerationMatch=0", 412),
        ("ifGenerationNotMatch=7000", 304), ("ifGenerationNotMatch=6000", 200), ("generation=7000", 200),
        ("generation=6000", 404),
        ("ifMetagenerationMatch=1", 200), ("ifMetagenerationMatch=2", 412), ("ifMetagenerationNotMatch=1", 304),
        ("ifGenerationMatch=x", 400),
    ]

    @Test("the JSON API takes them from the query, for bytes and for metadata", arguments: cases)
    func json(query: String, status: Int) async throws {
        try await withStore { store, client in
            store.put("o", [1, 2, 3], generation: 7_000)
            let media = await client.media("o", query: "&\(query)")
            let metadata = await client.fetch(client.path("o", "?\(query)"))
            #expect(media.status == status && metadata.status == status)
            if status == 304 { #expect(media.body == []) }
            if status == 412 { #expect(media.errorReason == "conditionNotMet") }
            #expect(await client.media("o").status == 200)
        }
    }

    @Test("the XML API takes them from headers, and does not see the JSON API's query")
    func xml() async throws {
        try await withStore { store, client in
            store.put("o", [1, 2, 3], generation: 7_000)
            #expect(await client.xml("o", ("x-goog-if-generation-match", "7000")).status == 200)
            let failed = await client.xml("o", ("x-goog-if-generation-match", "6000"))
            #expect(failed.status == 412 && failed.text.contains("<Code>PreconditionFailed</Code>"))
            #expect(await client.xml("o", query: "?generation=6000").status == 404)
            #expect(await client.xml("o", query: "?ifGenerationMatch=6000").status == 200)
            #expect(await client.media("o", ("x-goog-if-generation-match", "6000")).status == 200)
        }
    }

    @Test("overwriting raises the generation, and the old one is gone")
    func overwritten() async throws {
        try await withStore { store, client in
            let old = store.put("o", [1])
            let new = try store.overwrite("o", [2])
            #expect(new > old)
            #expect(await client.media("o", query: "&ifGenerationMatch=\(old)").status == 412)
            #expect(await client.media("o", query: "&generation=\(old)").status == 404)
            #expect(await client.media("o", query: "&ifGenerationMatch=\(new)").body == [2])
            #expect(throws: (any Error).self) { try store.overwrite("none", [1]) }
        }
    }
}

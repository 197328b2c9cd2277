import CodTesting
import Testing

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

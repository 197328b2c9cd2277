import CodTesting
import Testing

@Suite("Scripts")
struct ScriptTests {
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

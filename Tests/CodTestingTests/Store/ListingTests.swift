import CodTesting
import NIOHTTP1
import Testing

@Suite("Listing")
struct ListingTests {
    private static let names = [
        "p/studies/1/series/2.tar", "p/studies/1/series/2/metadata.json", "p/studies/1/series/3.tar",
        "p/studies/1/series/3/metadata.json", "p/studies/10/series/4.tar", "q/other",
    ]

    private func withNames(_ body: (LoopbackStore, StoreClient) async throws -> Void) async throws {
        try await withStore { store, client in
            for name in Self.names.shuffled() { store.put(name, Array(name.utf8)) }
            try await body(store, client)
        }
    }

    @Test("a prefix alone gives all names below it, in the order of their bytes")
    func prefix() async throws {
        try await withNames { _, client in
            let page: Listing = try await client.list("prefix=p%2Fstudies%2F1%2F").decoded()
            #expect(page.names == Array(Self.names.prefix(4)))
            #expect(page.kind == "storage#objects")
            #expect(page.prefixes == nil && page.nextPageToken == nil)
        }
    }

    @Test("a delimiter folds deeper names into prefixes, each once")
    func delimiter() async throws {
        try await withNames { _, client in
            let page: Listing = try await client.list("prefix=p%2Fstudies%2F1%2Fseries%2F&delimiter=%2F").decoded()
            #expect(page.names == ["p/studies/1/series/2.tar", "p/studies/1/series/3.tar"])
            #expect(page.prefixes == ["p/studies/1/series/2/", "p/studies/1/series/3/"])
            let top: Listing = try await client.list("delimiter=%2F").decoded()
            #expect(top.prefixes == ["p/", "q/"] && top.items == nil)
        }
    }

    @Test("items are as the service gives them: long integers as text, checksums in base64")
    func items() async throws {
        try await withStore { store, client in
            store.put("o", Array("123456789".utf8), contentType: "text/plain", generation: 1_666_089_540_728_742)
            let item = try #require(try await client.list().decoded(Listing.self).items?.first)
            #expect(item.size == "9" && item.generation == "1666089540728742" && item.metageneration == "1")
            #expect(item.crc32c == "4waSgw==" && item.md5Hash == "JfnnlDI7RTiF9RgfG2JNCw==")
            #expect(item.contentType == "text/plain" && item.contentEncoding == nil)
            #expect(item.updated == "2022-10-18T10:39:00.728Z")
        }
    }

    @Test(
        "a page holds as many items and prefixes as the smaller limit says, and the pages make up the whole",
        arguments: [1, 2, 3, 5, 1_000])
    func paging(limit: Int) async throws {
        try await withNames { store, client in
            let query = "prefix=p%2Fstudies%2F1%2Fseries%2F&delimiter=%2F"
            for useRule in [true, false] {
                store.rules.pageLimit = useRule ? limit : 1_000
                let pages = try await client.pages(query + (useRule ? "" : "&maxResults=\(limit)"))
                #expect(pages.flatMap(\.names) == ["p/studies/1/series/2.tar", "p/studies/1/series/3.tar"])
                #expect(pages.flatMap { $0.prefixes ?? [] } == ["p/studies/1/series/2/", "p/studies/1/series/3/"])
                let counts = pages.map { $0.names.count + ($0.prefixes?.count ?? 0) }
                #expect(counts.dropLast().allSatisfy { $0 == limit } && counts.last.map { (1...limit).contains($0) } == true)
            }
        }
    }

    @Test("startOffset is the first name that may come, endOffset the first that may not")
    func offsets() async throws {
        try await withNames { _, client in
            let query = "startOffset=p%2Fstudies%2F1%2Fseries%2F3.tar&endOffset=p%2Fstudies%2F10%2Fseries%2F4.tar"
            let page: Listing = try await client.list(query).decoded()
            #expect(page.names == ["p/studies/1/series/3.tar", "p/studies/1/series/3/metadata.json"])
            let pages = try await client.pages(query + "&maxResults=1")
            #expect(pages.flatMap(\.names) == page.names)
        }
    }

    @Test("a token that is none of this listing is a 400", arguments: ["x", "AAAA", "!!!!", "other"])
    func invalidToken(token: String) async throws {
        try await withNames { _, client in
            let first: Listing = try await client.list("maxResults=1").decoded()
            let token = token == "other" ? try #require(first.nextPageToken) : token
            let answer = await client.list("prefix=q&pageToken=\(token)")
            #expect(answer.status == 400)
            #expect(answer.errorReason == "invalid")
        }
    }

    @Test("a maxResults that is no count is a 400", arguments: ["0", "-1", "x", "4294967296"])
    func invalidLimit(text: String) async throws {
        try await withNames { _, client in #expect(await client.list("maxResults=\(text)").status == 400) }
    }

    @Test("only the fields that are asked for come")
    func fields() async throws {
        try await withNames { _, client in
            let query = "prefix=q&prettyPrint=false&fields="
            #expect(
                await client.list(query + "items(name,size),nextPageToken").text == #"{"items":[{"name":"q/other","size":"7"}]}"#)
            #expect(await client.list(query + "items/name").text == #"{"items":[{"name":"q/other"}]}"#)
            #expect(await client.list(query + "prefixes&delimiter=/").text == #"{"prefixes":["q/"]}"#)
            #expect(await client.list(query + "kind").text == #"{"kind":"storage#objects"}"#)
            for wrong in ["items(nam)", "item", "items(", "items)", ","] {
                #expect(await client.list(query + wrong).status == 400, "\(wrong)")
            }
        }
    }

    @Test("an empty listing has neither items nor prefixes")
    func empty() async throws {
        try await withNames { _, client in
            #expect(await client.list("prefix=none&prettyPrint=false").text == #"{"kind":"storage#objects"}"#)
            #expect(await client.list("prefix=none").text == "{\n  \"kind\": \"storage#objects\"\n}\n")
        }
    }

    @Test("names with every kind of character come back as they are, and lead to their objects")
    func oddNames() async throws {
        try await withStore { store, client in
            let names = [
                "a+b", "a b", "é", "e\u{301}", "a%b", "q?m", "h#h", "x;&=@", "/lead//double/", "..", "a/../b", "\"quoted\"\\",
            ]
            for name in names { store.put(name, Array(name.utf8)) }
            let page: Listing = try await client.list().decoded()
            #expect(page.names.map { Array($0.utf8) } == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
            for name in names { #expect(await client.media(name).body == Array(name.utf8)) }
        }
    }

    @Test("what was put later is listed, what was removed is not")
    func changes() async throws {
        try await withNames { store, client in
            store.remove("q/other")
            store.put("q/new", [1])
            let names = try await client.names("prefix=q")
            #expect(names == ["q/new"])
        }
    }

    @Test("listings are gzipped for clients that accept it, when the rules say so")
    func compressed() async throws {
        try await withNames { store, client in
            store.rules.compressesJSON = true
            let path = "/storage/v1/b/\(store.bucketName)/o?prefix=q"
            let plain = await client.fetch(path)
            let packed = await client.fetch(path, headers: [("accept-encoding", "gzip")])
            #expect(plain.headers["content-encoding"] == [] && packed.headers["content-encoding"] == ["gzip"])
            let body = try inflated(packed.body)
            #expect(body == plain.body)
        }
    }
}

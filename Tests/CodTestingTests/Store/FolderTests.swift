import CodCore
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import CodTesting

@Suite("A store over a folder")
struct FolderTests {
    private static let text = Array(String(repeating: "{}", count: 1_000).utf8)
    private static let stored = try! gzip(Array(text))

    private func withFiles(
        prefix: String = "", _ files: [String: [UInt8]], _ body: (URL, LoopbackStore, StoreClient) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            for (path, bytes) in files { try folder.write(path, bytes) }
            let store = try LoopbackStore(folder: folder.path, prefix: prefix)
            try await withStore(store) { try await body(folder, $0, $1) }
        }
    }

    @Test("files are objects by their path below it, behind the prefix", arguments: ["", "p/dicomweb", "p/dicomweb/"])
    func names(prefix: String) async throws {
        let paths = ["studies/1/series/2.tar", "studies/1/series/2/metadata.json", "studies/10/series/3.tar"]
        let expected = paths.map { (prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/") + $0 }
        try await withFiles(prefix: prefix, Dictionary(uniqueKeysWithValues: paths.map { ($0, Array($0.utf8)) })) {
            _, _, client in
            let page: Listing = try await client.list().decoded()
            #expect(page.names == expected)
            for (path, name) in zip(paths, expected) { #expect(await client.media(name).body == Array(path.utf8)) }
            let below: Listing = try await client.list("prefix=\(expected[0].dropLast("2.tar".count))&delimiter=/").decoded()
            #expect(below.names == [expected[0]] && below.prefixes == [String(expected[0].dropLast(4)) + "/"])
            #expect(try await client.list("prefix=x").decoded(Listing.self).items == nil)
        }
    }

    @Test("a large file is read whole and in ranges, with its checksum")
    func large() async throws {
        let content = pattern((1 << 20) + 1_017)
        try await withFiles(["a.tar": content]) { _, _, client in
            let whole = await client.media("a.tar")
            #expect(whole.difference(from: content) == nil && whole.headers["content-type"] == ["application/x-tar"])
            var crc = RunningCRC32C()
            crc.update(ByteChunk(content))
            #expect(whole.headers["x-goog-hash"].first == "crc32c=\(crc.checksum.base64)")
            let item = try #require(try await client.list().decoded(Listing.self).items?.first)
            #expect(item.crc32c == crc.checksum.base64 && item.size == "\(content.count)")
            let part = await client.media("a.tar", ("range", "bytes=1048570-1048589"))
            #expect(part.difference(from: content[1_048_570..<1_048_590]) == nil)
        }
    }

    @Test("objects beyond the limit come without checksums")
    func unsummed() async throws {
        try await withFiles(["a.tar": [1, 2, 3], "b.tar": [1, 2, 3, 4]]) { _, store, client in
            store.rules.largestSummedByteCount = 3
            let items = try await client.list().decoded(Listing.self).items ?? []
            #expect(items.map { $0.crc32c == nil } == [false, true] && items.map(\.size) == ["3", "4"])
            let answers = [await client.media("a.tar"), await client.media("b.tar")]
            #expect(answers.map { $0.headers["x-goog-hash"].count } == [2, 0] && answers.map(\.body.count) == [3, 4])
        }
    }

    @Test("a gzipped metadata.json is stored with its encoding; a plain one and other gzip files are not")
    func encoding() async throws {
        try await withFiles(["a/metadata.json": Self.stored, "b/metadata.json": Self.text, "c.gz": Self.stored]) { _, _, client in
            let items = try await client.list().decoded(Listing.self).items ?? []
            #expect(items.map(\.contentEncoding) == ["gzip", nil, nil])
            #expect(await client.media("a/metadata.json").difference(from: Self.text) == nil)
            #expect(await client.media("a/metadata.json", ("accept-encoding", "gzip")).difference(from: Self.stored) == nil)
            #expect(await client.media("b/metadata.json").difference(from: Self.text) == nil)
            #expect(await client.media("c.gz").difference(from: Self.stored) == nil)
        }
    }

    @Test("a file that is written anew has another generation and another checksum")
    func changedFile() async throws {
        try await withFiles(["a.tar": [1]]) { folder, _, client in
            let old = try #require(try await client.list().decoded(Listing.self).items?.first)
            try folder.write("a.tar", [2])
            let later = Date(timeIntervalSinceNow: 100)
            try FileManager.default.setAttributes(
                [.modificationDate: later], ofItemAtPath: folder.appendingPathComponent("a.tar").path)
            let new = try #require(try await client.list().decoded(Listing.self).items?.first)
            #expect(old.generation != new.generation && old.crc32c != new.crc32c)
            #expect(await client.media("a.tar", query: "&ifGenerationMatch=\(old.generation ?? "")").status == 412)
        }
    }

    @Test("memory lies over the folder: objects can be overwritten, removed and added, and the files stay")
    func overlay() async throws {
        try await withFiles(["a": [1], "b": [2], "c/d": [3]]) { folder, store, client in
            let before = try #require(
                try await client.list().decoded(Listing.self).items?.first?.generation.flatMap { Int64($0) })
            #expect(try store.overwrite("a", [9]) > before)
            store.remove("c/d")
            store.put("bb", [4])
            #expect(try await client.names() == ["a", "b", "bb"])
            #expect(await client.media("a").body == [9])
            #expect(await client.media("c/d").status == 404)
            #expect(try Data(contentsOf: folder.appendingPathComponent("a")) == Data([1]))
        }
    }

    @Test(
        "no name leads out of the folder, nor to what is no file",
        arguments: [
            "../secret", "a/../../secret", "/secret", "a//b", "a/./b", "link", "linked/x", "a", ".hidden", "a/b\u{0}", "",
        ])
    func traversal(name: String) async throws {
        try await withFolder { outer in
            try outer.write("secret", [42])
            try outer.write("outside/x", [42])
            try outer.write("store/a/b", [1])
            try outer.write("store/.hidden", [42])
            let manager = FileManager.default
            let store = outer.appendingPathComponent("store")
            try manager.createSymbolicLink(
                at: store.appendingPathComponent("link"), withDestinationURL: outer.appendingPathComponent("secret"))
            try manager.createSymbolicLink(
                at: store.appendingPathComponent("linked"), withDestinationURL: outer.appendingPathComponent("outside"))
            try await withStore(LoopbackStore(folder: store.path)) { _, client in
                // Without a name, the path is that of a listing.
                if !name.isEmpty { #expect(await client.media(name).status == 404) }
                let encoded = name.replacing("\u{0}", with: "%00")
                #expect(await client.xml(encoded).status == 404)
                let all = try await client.names()
                let below = try await client.names("prefix=\(encoded)%2F")
                #expect(all == ["a/b"] && below == (name == "a" ? ["a/b"] : []))
            }
        }
    }

    @Test("a listing of a folder is that of the same names in memory, whatever the query")
    func sameAsMemory() async throws {
        var random = SeededGenerator(state: 7)
        let parts = ["a", "a.tar", "b", "b+", "ab", "é"]
        var names: Set<String> = []
        for _ in 0..<60 {
            let path = (0..<Int.random(in: 1...4, using: &random)).map { _ in parts.randomElement(using: &random) ?? "a" }
            let name = path.joined(separator: "/")
            let isFolder = names.contains { $0.hasPrefix(name + "/") }
            let isBelowFile = names.contains { name.hasPrefix($0 + "/") }
            if !isFolder && !isBelowFile { names.insert(name) }
        }
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, Array($0.utf8)) })
        try await withFiles(files) { _, _, client in
            for _ in 0..<60 {
                let prefix = String((names.randomElement(using: &random) ?? "").prefix(Int.random(in: 0...6, using: &random)))
                let delimiter = [nil, "/", "a", "tar"].randomElement(using: &random) ?? nil
                let limit = Int.random(in: 1...7, using: &random)
                var query = "maxResults=\(limit)&fields=items(name),prefixes,nextPageToken"
                query += "&prefix=\(prefix.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                if let delimiter { query += "&delimiter=\(delimiter)" }
                let pages = try await client.pages(query)
                var items: [String] = []
                var folded: [String] = []
                for name in names where name.utf8.starts(with: prefix.utf8) {
                    let rest = name.dropFirst(prefix.count)
                    if let delimiter, let found = rest.range(of: delimiter) {
                        folded.append(prefix + rest[..<found.upperBound])
                    } else {
                        items.append(name)
                    }
                }
                #expect(pages.flatMap(\.names) == items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, "\(query)")
                let prefixes = Array(Set(folded)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                #expect(pages.flatMap { $0.prefixes ?? [] } == prefixes, "\(query)")
            }
        }
    }
}

/// A source of numbers that are the same in every run (xorshift64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

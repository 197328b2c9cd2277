import CodCore
import Testing

@testable import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Listings")
struct ListingTests {
    private func page(_ json: String) throws -> ListingPage { try ListingPage(json: Data(json.utf8)) }

    @Test("A page is read: counts are texts, other fields are passed over")
    func page() throws {
        let page = try page(
            #"{"kind":"storage#objects","nextPageToken":"t","items":[{"name":"a","size":"12","generation":"1666089540728742","#
                + #""crc32c":"4waSgw==","more":{"x":[1]}},{"name":"b"}],"prefixes":["c/"]}"#)
        #expect(page.nextPageToken == "t")
        #expect(page.folders == ["c/"])
        #expect(
            page.objects == [
                .init(name: "a", byteCount: 12, generation: 1_666_089_540_728_742, checksum: CRC32C(0xe306_9283)),
                .init(name: "b", byteCount: nil, generation: nil, checksum: nil),
            ])
    }

    @Test(
        "Lists that are absent, null or empty are empty; so is a token",
        arguments: [
            "{}", #"{"items":null,"prefixes":null,"nextPageToken":null}"#, #"{"items":[],"prefixes":[],"nextPageToken":""}"#,
        ])
    func emptyPages(json: String) throws {
        #expect(try page(json) == ListingPage())
    }

    @Test(
        "Counts may be numbers; what is none counts as absent",
        arguments: [
            ("12", 12), (#""12""#, 12), (#""-1""#, nil), ("-1", nil), (#""x""#, nil), ("1.5", nil), ("null", nil),
            (#""99999999999999999999""#, nil), (#""9223372036854775807""#, .max),
        ] as [(String, Int64?)])
    func counts(json: String, count: Int64?) throws {
        #expect(try page(#"{"items":[{"name":"a","size":\#(json)}]}"#).objects.first?.byteCount == count)
    }

    @Test("A page that is cut off anywhere is no page")
    func truncation() {
        let json = #"{"items":[{"name":"a","size":"12"}],"nextPageToken":"t"}"#
        for count in 0..<json.utf8.count {
            #expect(throws: (any Error).self) { try ListingPage(json: Data(json.utf8.prefix(count))) }
        }
        for other in ["null", "[]", "<html>", #"{"items":[{}]}"#] {
            #expect(throws: (any Error).self) { try page(other) }
        }
    }

    private let listing = Listing(prefix: "p/", isByFolder: false)

    private func named(_ names: [String], next: String? = nil) -> ListingPage {
        ListingPage(
            objects: names.map { .init(name: $0, byteCount: 1, generation: 1, checksum: nil) }, nextPageToken: next)
    }

    @Test("Pages are put together in order; an empty one is not the last, and names that come twice count once")
    func pages() throws {
        var turner = PageTurner(listing)
        #expect(turner.pageToken == nil)
        try turner.received(named(["p/a", "p/b"], next: "1"))
        #expect(turner.pageToken == "1" && !turner.isComplete)
        try turner.received(named([], next: "2"))
        #expect(turner.pageToken == "2" && !turner.isComplete)
        try turner.received(named(["p/b", "p/c"]))
        #expect(turner.isComplete)
        #expect(turner.objects.map(\.name) == ["p/a", "p/b", "p/c"])
    }

    @Test("Names differ when their bytes do, whatever characters they make up")
    func bytes() throws {
        var turner = PageTurner(listing)
        let names = ["p/\u{301}x", "p/e\u{301}", "p/\u{E9}", "p/\u{E9}"]
        try turner.received(named(names))
        #expect(turner.objects.map { Array($0.name.utf8) } == names.prefix(3).map { Array($0.utf8) })
        #expect(throws: CodError.self) {
            var other = PageTurner(Listing(prefix: "\u{E9}/", isByFolder: false))
            try other.received(named(["e\u{301}/x"]))
        }
    }

    @Test("Folders are put together the same way")
    func folders() throws {
        var turner = PageTurner(Listing(prefix: "p/", isByFolder: true))
        try turner.received(ListingPage(folders: ["p/a/"], nextPageToken: "1"))
        try turner.received(ListingPage(folders: ["p/a/", "p/b/"]))
        #expect(turner.folders == ["p/a/", "p/b/"])
    }

    @Test("A server that runs in circles, or lists what was not asked for, is found out")
    func violations() throws {
        var circling = PageTurner(listing)
        try circling.received(named([], next: "1"))
        try circling.received(named([], next: "2"))
        #expect { try circling.received(named([], next: "1")) } throws: { ($0 as? CodError)?.code == .protocolViolation }

        var foreign = PageTurner(listing)
        #expect { try foreign.received(named(["q/a"])) } throws: { ($0 as? CodError)?.message.contains("q/a") ?? false }
    }

    @Test("There is a last page even where tokens never repeat")
    func pageCap() {
        var turner = PageTurner(listing)
        #expect(throws: CodError.self) {
            for number in 0... { try turner.received(ListingPage(nextPageToken: "\(number)")) }
        }
    }
}

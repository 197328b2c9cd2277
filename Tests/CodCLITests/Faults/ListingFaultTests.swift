import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A listing is complete, or the run says that it is not", .timeLimit(.minutes(5)))
struct ListingFaultTests {
    /// The pages that were asked for, by their tokens.
    private func pages(_ store: ServedStore) -> [LoopbackStore.Request] { store.server.log.filter { $0.kind == .list } }

    @Test("fault 50: pages of two, an empty one with a token, and one that is refused with 429 make up the whole")
    func manyPages() async throws {
        try await ServedStore.with { store in
            store.server.script(
                matching: .list, faults: [.emptyPage, .pass, .status(429, headers: ["Retry-After": "1"])])
            try store.expectWhole(try await store.fetch())
            // Eight objects, and the page that was refused is asked for again.
            try #require(pages(store).map(\.status) == [200, 200, 429, 200, 200, 200])
            let tokens = pages(store).map { $0.query["pageToken"] }
            #expect(tokens[2] == tokens[3] && Set(tokens).count == tokens.count - 1)
        }
    }

    @Test("fault 50: studies whose folders are spread over pages are listed once each")
    func studiesOverPages() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            store.server.rules.pageLimit = 1
            let others = try (1...4).map { seed in
                try SyntheticStudy(seed: UInt64(seed), seriesCount: 2, instancesPerSeries: 1, rows: 4, columns: 4)
                    .write(to: store.written.writer)
            }
            let run = try await CommandRun.cod(
                ["stats", store.link, "--json", "--endpoint", store.endpoint, "-o", store.scratch.path("out")])
            run.expect(0)
            let stats = try #require(run.objects().first)
            let series = (store.written.series + others.flatMap(\.series)).map(\.id.description)
            #expect((stats["studies"] as? [[String: Any]])?.count == 5)
            #expect((stats["totalSeriesCount"] as? Int) == series.count)
        }
    }

    @Test("fault 50: a page that leads back to itself ends the study with a sentence, and not in a circle")
    func repeatedToken() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .list, faults: [.pass], thenAlways: .repeatPageToken)
            let run = try await store.fetch()
            run.expect(1, naming: store.study, "came to the same page twice")
            #expect(pages(store).count == 2)
            #expect(try store.scratch.files(in: "out").isEmpty)
        }
    }

    @Test("fault 50: a page token that the store does not know any more ends the study, and is not asked for again")
    func invalidToken() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .list, faults: [.pass], thenAlways: .status(400))
            let run = try await store.fetch()
            run.expect(1, naming: store.study, "The server answered 400")
            #expect(pages(store).map(\.status) == [200, 400])
            #expect(try store.scratch.files(in: "out").isEmpty)
        }
    }

    @Test(
        "fault 51: a page that is cut off is asked for again, however it was cut, and no series is lost",
        arguments: [
            LoopbackStore.Fault.truncate(toByteCount: 4), .noLength(truncatedTo: 4), .close(afterByteCount: 4),
            .noLength(truncatedTo: 0), .reset(afterByteCount: 4), .truncate(toByteCount: 200),
        ])
    func cutOff(fault: LoopbackStore.Fault) async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .list, faults: [.pass, fault])
            try store.expectWhole(try await store.fetch())
            let tokens = pages(store).map { $0.query["pageToken"] }
            try #require(tokens.count == 5)
            #expect(tokens[1] == tokens[2] && Set(tokens).count == tokens.count - 1)
        }
    }

    @Test(
        "fault 52: a prefix of any characters comes to the store as it was written",
        arguments: ["a+b %2F%/q?x&y=é;@#~'!$(),:*", "double//slash", "e\u{301} and é", "…/日本"])
    func anyPrefix(prefix: String) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            // In memory, where every name is possible: a folder has no doubled slashes.
            let names = store.written.series.flatMap { [$0.archiveName, $0.metadataName] }
            for name in names {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("store/\(name)")))
                let isGzip = bytes.starts(with: [0x1F, 0x8B])
                store.server.put(
                    "\(prefix)/\(name.dropFirst("dicomweb/".count))", bytes, contentEncoding: isGzip ? "gzip" : nil)
                store.server.remove(name)
            }
            // Folders that somebody made by hand are objects whose names end with a slash.
            for folder in ["", "studies/", "studies/\(store.study)/series/"] { store.server.put("\(prefix)/\(folder)", []) }
            let token = store.scratch.path(Canary.tokenFileName)
            try ServedStore.token.write(toFile: token, atomically: true, encoding: .utf8)
            try store.expectWhole(try await store.fetch(from: "gs://test-bucket/\(prefix)", "--token-file", token))
            for request in store.server.log where request.kind == .media {
                #expect(request.objectName?.utf8.starts(with: "\(prefix)/studies/".utf8) == true)
            }
        }
    }

    @Test("fault 52: a portal link's encoded prefix is decoded once")
    func encodedLink() async throws {
        let prefix = "a+b %41 é/dicomweb"
        try await ServedStore.with(prefix: prefix, seriesCount: 1) { store in
            let link = "https://portal.example/test-bucket/a%2Bb%20%2541%20%C3%A9?token=\(ServedStore.token)"
            try store.expectWhole(try await store.fetch(from: link))
        }
    }

    @Test("fault 52: a series whose name is no identifier fails by name, and the others are saved")
    func strangeSeries() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            for name in ["a+b", "x y", "é", "..", "a%2Fb"] {
                store.server.put("dicomweb/studies/\(store.study)/series/\(name).tar", [1, 2, 3])
            }
            let run = try await store.fetch()
            run.expect(1, naming: "a+b", "x y", "a%2Fb")
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }
}

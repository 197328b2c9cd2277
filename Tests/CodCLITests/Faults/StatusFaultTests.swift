import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What an answer's status means: asked again, given up, or the end of the job", .timeLimit(.minutes(3)))
struct StatusFaultTests {
    @Test(
        "fault 14: a status that passes is asked for again: of listings, metadata and archives", arguments: [408, 500, 502, 504])
    func transient(status: Int) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let archive = try store.largest
            store.script([.status(status)], for: archive)
            try store.expectWhole(try await store.fetch())
            for name in [archive.metadataName, archive.archiveName] {
                #expect(store.requests(for: name).map(\.status) == [status, 200])
            }
            let pages = store.server.log.filter { $0.kind == .list }
            try #require(pages.count > 1)
            #expect(pages[0].status == status && pages[1].target == pages[0].target)
        }
    }

    @Test("fault 15: a token that expires between two parts of a body is read again from its file, and the body goes on")
    func renewedInBody() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let (old, path) = ("old-\(ServedStore.token)", store.scratch.path(Canary.tokenFileName))
            store.server.rules.acceptedTokens = [old, ServedStore.token]
            try old.write(toFile: path, atomically: true, encoding: .utf8)
            let byteCount = archive.archiveByteCount / 2 + 77
            store.server.script(
                matching: .object(name: archive.archiveName), faults: [.close(afterByteCount: byteCount)])
            store.server.script(
                matching: .requests { request in
                    let isResumed = request.objectName == archive.archiveName && request.range != nil
                    guard isResumed, request.token == old else { return false }
                    // Somebody renews the file while the job runs.
                    try? ServedStore.token.write(toFile: path, atomically: true, encoding: .utf8)
                    return true
                }, faults: [.expireToken])
            try store.expectWhole(try await store.fetch(from: "gs://test-bucket/dicomweb", "--token-file", path))
            let reads = store.requests(for: archive.archiveName)
            try #require(reads.map(\.status) == [200, 401, 206])
            #expect(reads.map(\.token) == [old, old, ServedStore.token])
            #expect(reads[1].firstByte > 0 && reads[1].range == reads[2].range && reads[1].generation == reads[2].generation)
        }
    }

    @Test("fault 15: a link's token that dies in mid-archive ends with 77; with a new link only the rest is fetched")
    func deadInBody() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let half = archive.archiveByteCount / 2
            store.server.script(
                matching: .object(name: archive.archiveName), faults: [.close(afterByteCount: half), .expireToken])
            let first = try await store.fetch("--jobs", "1")
            first.expect(77, naming: "wrong or has expired", "Get a new link or token and run the same command again")
            #expect(store.requests(for: archive.archiveName).count == 2)
            let saved = try store.scratch.files(in: "out")
            let expected = try store.files()
            let arrived = half - ConnectionFaultTests.chunkByteCount
            let early = archive.instances.filter { ($0.byteOffset ?? 0) + $0.byteCount <= arrived }
            for (path, bytes) in saved { #expect(expected[path] == bytes, "\(path) is not whole") }
            for instance in early { #expect(saved["\(archive.id)/instances/\(instance.uid).dcm"] != nil) }
            #expect(!early.isEmpty && saved.count < expected.count)

            let new = "\(ServedStore.token)-new"
            store.server.rules.acceptedTokens = [new]
            store.server.clearLog()
            let second = try await store.fetch(from: store.link.replacing(ServedStore.token, with: new))
            try store.expectWhole(second)
            let missing = expected.filter { saved[$0.key] == nil }.values.reduce(0) { $0 + Int64($1.count) }
            #expect(store.archiveByteCount >= missing && store.archiveByteCount <= missing + 64 << 10)
        }
    }

    @Test("fault 16: an object that is forbidden fails its series alone, is asked for once, and the others are saved")
    func forbidden() async throws {
        for isArchive in [true, false] {
            try await ServedStore.with { store in
                let bad = store.written.series[1]
                let name = isArchive ? bad.archiveName : bad.metadataName
                store.server.script(matching: .object(name: name), faults: [], thenAlways: .status(403))
                let run = try await store.fetch()
                run.expect(
                    1, naming: "\(bad.id): Access to gs://test-bucket/\(name) was refused", "1 series\n  \(bad.id)\n",
                    "ask the portal for a link that does")
                #expect(store.requests(for: name).map(\.status) == [403])
                let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
                #expect(try store.scratch.files(in: "out") == others)
            }
        }
    }

    @Test("fault 53: a bucket whose readers pay is told as such, and nothing is asked again", arguments: ["stats", "download"])
    func requesterPays(command: String) async throws {
        try await ServedStore.with { store in
            store.server.rules.requesterPays = true
            let run = try await CommandRun.cod(
                [command, store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint])
            run.expect(1, naming: "is in a bucket whose readers pay for their requests", "project", "--user-project")
            #expect(store.server.log.map(\.status) == [400])
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }

    @Test(
        "fault 44: a clock that is a day off changes nothing: a time to wait until is measured by the server's own clock",
        arguments: ["Wed, 01 Jan 2020 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"])
    func foreignClock(now: String) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let later = now.replacing("00:00:00", with: "00:00:01")
            store.script([.status(503, headers: ["Date": now, "Retry-After": later])], for: try store.largest)
            let run = try await store.fetch("-v")
            try store.expectWhole(run)
            // A second as asked for, and up to one more by chance.
            let waits = run.errors.split(separator: "\n").filter { $0.contains("Trying again in ") }
            #expect(waits.count == 3 && waits.allSatisfy { $0.contains("Trying again in 1.") }, "\(waits)")
        }
    }

    @Test(
        "fault 44: files that were saved by another clock, a day ahead or behind, are not fetched again", arguments: [-1, 1])
    func foreignFileTimes(days: Double) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            try store.expectWhole(try await store.fetch())
            for case let path as String in FileManager.default.enumerator(atPath: store.scratch.path("out")) ?? .init() {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: days * 86_400)],
                    ofItemAtPath: store.scratch.path("out/\(path)"))
            }
            store.server.clearLog()
            (try await store.fetch()).expect(0, naming: "Nothing is missing")
            #expect(store.archiveByteCount == 0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }
}

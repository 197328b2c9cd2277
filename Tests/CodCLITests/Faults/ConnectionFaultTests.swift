import CodTesting
import Foundation
import Testing

@Suite("A connection that breaks costs at most the chunk that was under way", .timeLimit(.minutes(3)))
struct ConnectionFaultTests {
    /// What is sent twice at most where a body breaks.
    static let chunkByteCount: Int64 = 1 << 20

    @Test(
        "fault 1: a connection that is reset or closed before an answer is replaced at once, whatever was asked for",
        arguments: [LoopbackStore.Fault.resetBeforeHead, .closeBeforeHead])
    func beforeHead(fault: LoopbackStore.Fault) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let archive = store.written.series[0]
            store.script([fault], for: archive)
            let run = try await store.fetch("-v")
            try store.expectWhole(run)
            let waits = run.errors.split(separator: "\n").filter { $0.contains("Trying again") }
            #expect(waits.count == 3 && waits.allSatisfy { $0.contains("Trying again in 0.0 seconds") }, "\(waits)")
            for name in [archive.metadataName, archive.archiveName] {
                #expect(store.requests(for: name).map(\.range) == [nil, nil])
            }
        }
    }

    @Test("fault 2: a reset in mid-archive costs no byte that had come: the next request begins where it broke off")
    func resetInBody() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let byteCount = archive.archiveByteCount / 2 + 77
            // What is on its way when a connection is reset is lost: the reset waits until all that was sent has been reported.
            let gate = LoopbackStore.Gate()
            store.server.script(
                matching: .object(name: archive.archiveName),
                faults: [.all([.stall(afterByteCount: byteCount, until: gate), .reset(afterByteCount: byteCount)])])
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--json",
                "--timeout", "300",
            ]) { line in
                let event = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                if event?["bytesReceived"] as? Int64 == byteCount { gate.open() }
            }
            try store.expectWhole(run)
            let reads = store.requests(for: archive.archiveName)
            try #require(reads.map(\.firstByte) == [0, byteCount])
            #expect(reads.map(\.byteCount) == [byteCount, archive.archiveByteCount - byteCount])
            #expect(reads[0].generation != nil && reads[1].generation == reads[0].generation)
        }
    }

    @Test("fault 2: what is in flight when a connection is reset is fetched again, and nothing else is lost")
    func resetInFlight() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let counts = [900_000, 2_100_001, 3_300_002] as [Int64]
            // Counted from the beginning of each answer.
            store.server.script(
                matching: .object(name: archive.archiveName), faults: counts.map { .reset(afterByteCount: $0) })
            try store.expectWhole(try await store.fetch("--jobs", "1"))
            let reads = store.requests(for: archive.archiveName)
            for (read, next) in zip(reads, reads.dropFirst()) {
                #expect((read.firstByte...read.firstByte + read.byteCount).contains(next.firstByte))
            }
        }
    }

    @Test("fault 3: a body that ends before its announced length goes on where it ended")
    func closedInBody() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let byteCount = archive.archiveByteCount / 2 + 77
            store.server.script(matching: .object(name: archive.archiveName), faults: [.close(afterByteCount: byteCount)])
            store.server.script(matching: .object(suffix: "metadata.json"), faults: [.close(afterByteCount: 50)])
            try store.expectWhole(try await store.fetch())
            let reads = store.requests(for: archive.archiveName)
            try expectResumed(reads, after: [byteCount])
            #expect(reads[0].progress == .broken && reads[1].generation == reads[0].generation)
        }
    }

    @Test(
        "fault 4: several breaks in a row, with ranges that are answered 200 or ignored, give every byte once",
        arguments: [[LoopbackStore.Fault.statusKeepingRange(200)], [.ignoreRange]])
    func breaksInARow(answer: [LoopbackStore.Fault]) async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            // An ignored range is answered with all of the archive, of which what came before is passed over.
            let isWhole = if case .ignoreRange = answer[0] { true } else { false }
            let cuts = isWhole ? [1_000_000, 2_000_001, 3_000_002] : [1_000_000, 1_000_001, 1_000_002] as [Int64]
            store.server.script(
                matching: .object(name: archive.archiveName),
                faults: cuts.map { .all(answer + [.close(afterByteCount: $0)]) } + [.all(answer)])
            try store.expectWhole(try await store.fetch())
            let reads = store.requests(for: archive.archiveName)
            #expect(reads.map(\.status) == [200, 200, 200, 200])
            for (read, next) in zip(reads, reads.dropFirst()) {
                let end = (isWhole ? 0 : read.firstByte) + read.byteCount
                #expect((end - Self.chunkByteCount...end).contains(next.firstByte))
            }
        }
    }

    @Test("fault 5: a body without a length that ends too early is not taken for whole")
    func withoutLength() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let byteCount = archive.archiveByteCount - 40_000
            store.server.script(
                matching: .object(name: archive.archiveName), faults: [.noLength(truncatedTo: byteCount), .noLength()])
            store.server.script(matching: .object(suffix: "metadata.json"), faults: [.noLength(truncatedTo: 50)])
            try store.expectWhole(try await store.fetch())
            try expectResumed(store.requests(for: archive.archiveName), after: [byteCount])
        }
    }

    @Test("fault 6: a length that is smaller than the object hides nothing: the rest is fetched")
    func lengthTooSmall() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            store.server.script(matching: .object(name: archive.archiveName), faults: [.wrongLength(by: -40_000)])
            store.server.script(matching: .object(suffix: "metadata.json"), faults: [.wrongLength(by: -40)])
            try store.expectWhole(try await store.fetch())
            try expectResumed(store.requests(for: archive.archiveName), after: [archive.archiveByteCount - 40_000])
        }
    }

    @Test("fault 7: a length that is larger than what is sent loses nothing, and what has come is not fetched again")
    func lengthTooLarge() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            store.server.script(matching: .list, faults: [.wrongLength(by: 40_000)])
            store.server.script(matching: .object(name: archive.metadataName), faults: [.wrongLength(by: 40_000)])
            store.server.script(matching: .object(name: archive.archiveName), faults: [.wrongLength(by: 40_000)])
            try store.expectWhole(try await store.fetch())
            // Of a page nobody knows how long it should be, so it is asked for again.
            let pages = store.server.log.filter { $0.kind == .list }
            try #require(pages.count > 1)
            try #require(pages.count > 1)
            #expect(pages[0].target == pages[1].target)
            #expect(store.requests(for: archive.archiveName).count == 1)
        }
    }

    @Test("fault 9: a server that goes silent before its answer is left after --timeout, and asked again")
    func silentBeforeHead() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            store.script([.stallBeforeHead()], for: archive)
            let run = try await store.fetch(timeout: 2, "-v")
            try store.expectWhole(run)
            let silence = "sent nothing of gs://test-bucket/\(archive.archiveName) for 2.0 seconds"
            #expect(run.errors.contains(silence), "\(run.errors)")
            // On a busy machine there may be more of them.
            #expect(store.requests(for: archive.archiveName).prefix(2).map(\.range) == [nil, nil])
        }
    }

    @Test("fault 9: a server that goes silent in mid-body is left after --timeout, and the body goes on at that byte")
    func silentInBody() async throws {
        try await ServedStore.withLargeArchive { store in
            let archive = try store.largest
            let byteCount = archive.archiveByteCount / 2 + 77
            store.server.script(matching: .list, faults: [.stall(afterByteCount: 10)])
            store.server.script(matching: .object(name: archive.metadataName), faults: [.stall(afterByteCount: 50)])
            store.server.script(matching: .object(name: archive.archiveName), faults: [.stall(afterByteCount: byteCount)])
            try store.expectWhole(try await store.fetch(timeout: 2))
            #expect(store.requests(for: archive.archiveName).prefix(2).map(\.firstByte) == [0, byteCount])
            #expect(store.requests(for: archive.metadataName).prefix(2).map(\.firstByte) == [0, 50])
        }
    }

    /// Expects one request after each break, that asks again for at most a chunk of what came before it.
    private func expectResumed(
        _ reads: [LoopbackStore.Request], after ends: [Int64], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try #require(reads.count == ends.count + 1, "\(reads)", sourceLocation: sourceLocation)
        #expect(reads[0].firstByte == 0, sourceLocation: sourceLocation)
        for (read, end) in zip(reads.dropFirst(), ends) {
            #expect((end - Self.chunkByteCount...end).contains(read.firstByte), "\(read)", sourceLocation: sourceLocation)
        }
    }
}

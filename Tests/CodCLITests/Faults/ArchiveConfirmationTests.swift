import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What only the archive's checksum can confirm counts when it did")
struct ArchiveConfirmationTests {
    @Test(
        "fault 27: a damaged unlisted instance is refused by the first run, and by every other, until it is right",
        arguments: UnlistedSeries.Way.allCases)
    func refusedForGood(way: UnlistedSeries.Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store)
            series.flip()
            for _ in 0..<3 {
                (try await series.fetch(way)).expect(1, naming: "1.2.77", "crc32c")
                var expected = series.expected()
                expected[series.name(of: "1.2.77.99")] = nil
                // A study of which something failed has no zip.
                #expect(try await series.saved(way) == (way == .folder ? expected : [:]))
            }
            store.server.clearScripts()
            (try await series.fetch(way)).expect(0)
            #expect(try await series.saved(way) == series.expected())
        }
    }

    @Test("fault 27: what is confirmed is neither fetched nor written again", arguments: UnlistedSeries.Way.allCases)
    func confirmedStays(way: UnlistedSeries.Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store)
            (try await series.fetch(way)).expect(0)
            series.flip()
            if way == .folder {
                try FileManager.default.removeItem(atPath: store.scratch.path("out/\(series.name(of: "1.2.77.0"))"))
                store.server.clearLog()
                (try await series.fetch(way)).expect(0, naming: "Saved 1 instance")
                #expect(store.reads(of: series.written).reduce(0) { $0 + $1.byteCount } < 9_000 + (64 << 10))
            }
            store.server.clearLog()
            (try await series.fetch(way)).expect(0, naming: "Nothing is missing")
            #expect(store.reads(of: series.written).isEmpty)
            #expect(try await series.saved(way) == series.expected())
        }
    }

    @Test(
        "fault 27: what was saved without being compared is compared by the next run that does",
        arguments: UnlistedSeries.Way.allCases)
    func notCompared(way: UnlistedSeries.Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store)
            series.flip()
            (try await series.fetch(way, "--no-verify")).expect(0)
            #expect(try await series.saved(way) != series.expected())
            store.server.clearScripts()
            (try await series.fetch(way)).expect(0)
            #expect(try await series.saved(way) == series.expected())
            (try await series.fetch(way)).expect(0, naming: "Nothing is missing")
        }
    }

    @Test(
        "fault 17: instances without checksums of another archive, of the same sizes, are fetched again",
        arguments: UnlistedSeries.Way.allCases)
    func anotherVersion(way: UnlistedSeries.Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let old = try UnlistedSeries(in: store, omitsChecksums: true)
            (try await old.fetch(way)).expect(0)
            #expect(try await old.saved(way) == old.expected())
            let new = try UnlistedSeries(in: store, salt: 5, omitsChecksums: true)
            (try await new.fetch(way)).expect(0)
            #expect(try await new.saved(way) == new.expected(salt: 5))
            (try await new.fetch(way)).expect(0, naming: "Nothing is missing")
        }
    }

    @Test("fault 21: what is in a zip of a study of which something failed counts for no more than what was compared")
    func partialZip() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try UnlistedSeries(in: store, omitsChecksums: true)
            let first = try #require(series.written.instances[0].byteOffset) + 100
            let end = try #require(series.written.instances[3].byteOffset) + 100
            store.server.script(
                matching: .object(name: series.written.archiveName),
                faults: [.all([.corrupt(atByte: first), .close(afterByteCount: end)])], thenAlways: .status(403))
            (try await series.fetch(.zip, "--zip-partial")).expect(1, naming: "1.2.77")
            store.server.clearScripts()
            (try await series.fetch(.zip, "--zip-partial")).expect(0)
            #expect(try await series.saved(.zip) == series.expected())
        }
    }
}

import CodCore
import CodRetrieve
import CodTesting
import CodTransport
import CodZip
import Foundation
import TestSupport
import Testing

@testable import DigestStore

@Suite("DigestStore: a sink that is addressed by content")
struct ContentStoreTests {
    @Test("It conforms", arguments: SinkConformance<ContentStore>.Check.allCases)
    func conforms(_ check: SinkConformance<ContentStore>.Check) async throws {
        let folder = try TemporaryFolder()
        try await SinkConformance {
            ContentStore(at: folder["out"])
        } readBack: { sink, instance in
            guard let entry = try sink.indexes.read(instance.series)[instance.uid] else { return nil }
            return FileManager.default.contents(atPath: "\(sink.folder)/\(entry.path)").map(Array.init)
        }.run(check)
        #expect(folder.names(in: "out/incoming") == [])
    }

    @Test("A second run fetches nothing; what is lost or no longer named is fetched alone")
    func resume() async throws {
        try await ServedStudies.with { served in
            let store = ContentStore(at: served.folder["out"])
            let first = try await Main.retrieve([], from: served.source, to: store, options: served.options)
            #expect(first.isComplete && first.savedCount == 6 && first.verifiedCount == 6)
            served.store.clearLog()
            let second = try await Main.retrieve([], from: served.source, to: store, options: served.options)
            #expect(second.isComplete && second.skippedCount == 6 && served.archiveReadCount == 0)

            let series = served.written.series.map(\.id)
            let lost = try #require(second.studies[0].series.first { $0.id == series[0] }?.instances.first)
            try FileManager.default.removeItem(atPath: lost.location)
            let index = "out/index/\(series[1].study)/\(series[1].series).tsv"
            let lines = try #require(served.folder.text(index)).split(separator: "\n")
            try served.folder.put("no line\n\(lines[0])\n\(lines[1].dropLast(9))x\n", at: index)
            let third = try await Main.retrieve([], from: served.source, to: store, options: served.options)
            #expect(third.isComplete && third.savedCount == 3 && third.skippedCount == 3)
            #expect(try Self.digests(of: third).allSatisfy { $0.path == ContentStore.path(of: $0.digest) })
        }
    }

    @Test("What is taken back is forgotten, also when it was noted before; other bytes of the same name are not")
    func takenBack() async throws {
        let folder = try TemporaryFolder()
        let store = ContentStore(at: folder["out"])
        let series = SeriesID(study: "1.2", series: "1.2.3")
        func saved(_ uid: String, _ digit: String) -> SavedInstance {
            SavedInstance(
                instance: Instance(series: series, uid: uid, byteCount: 5),
                path: ContentStore.path(of: String(repeating: digit, count: 64)), root: store.folder)
        }
        try await store.prepare(for: RetrievalPlan(studies: []))
        _ = try await store.commit(SavedSeries(id: series, instances: [saved("a", "1"), saved("b", "2"), saved("c", "3")]))
        try await store.takeBack([saved("a", "1"), saved("b", "9")])
        let index = try store.indexes.read(series)
        #expect(index["a"] == nil && index["b"] == IndexEntry(of: saved("b", "2")) && index["c"] != nil)
    }

    @Test("The same bytes lie there once, whoever has them")
    func once() async throws {
        let folder = try TemporaryFolder()
        let writer = StoreWriter(folder: folder["store"])
        let (same, other) = ([UInt8](repeating: 1, count: 3000), [UInt8](repeating: 2, count: 3000))
        for study in ["1.1", "1.2"] {
            try writer.writeSeries(study: study, series: "\(study).1", instances: [("\(study).7", same), ("\(study).8", other)])
        }
        let report = try await Main.retrieve([], from: Source(folder["store"]), to: ContentStore(at: folder["out"]))
        #expect(report.isComplete && report.savedCount == 4)
        #expect(folder.everything.count { $0.hasPrefix("out/objects/") && $0.utf8.count == 4 + 8 + 2 + 1 + 62 } == 2)
        #expect(try Self.digests(of: report).allSatisfy { $0.path == ContentStore.path(of: $0.digest) })
    }

    @Test("What stands below any sink stands below this one: studies are zipped out of it")
    func zipped() async throws {
        try await ServedStudies.with { served in
            let access = try StoreAccess(served.source, options: served.options)
            let pipeline = access.pipeline {
                ContentStore(at: served.folder["out"])
                StudyZipper(into: served.folder["zips"])
            }
            let study = served.written.studies[0].uid
            let report = try await pipeline.run(access.catalog.plan(for: [study]))
            #expect(report.isComplete && report.studies[0].artifacts == [served.folder["zips/\(study).zip"]])
        }
    }

    @Test(
        "A line that is damaged is none",
        arguments: [
            "", "a\tb\tc", "1/2/3\tobjects/../../../../etc/passwd\t1\t-\t-",
            "1/2/3\t" + ContentStore.path(of: String(repeating: "a", count: 64)) + "\t-1\t-\t-",
            "1/2/3\t" + ContentStore.path(of: String(repeating: "a", count: 63)) + "\t1\t-\t-",
            "1/2/3\t" + ContentStore.path(of: String(repeating: "a", count: 64)) + "\t1\t-",
        ])
    func hostileLines(_ line: String) {
        #expect(IndexEntry(line: line) == nil)
    }

    @Test("A line is read as it was written")
    func lines() throws {
        let path = ContentStore.path(of: String(repeating: "0f", count: 32))
        for line in ["1/2/3\t\(path)\t17\te3069283\t-", "1/2/3\t\(path)\t0\t-\t00000001"] {
            #expect(try #require(IndexEntry(line: line)).line == line)
        }
    }

    /// Where each instance is said to be, and the digest of what is there.
    private static func digests(of report: RetrievalReport) throws -> [(path: String, digest: String)] {
        try report.studies.flatMap(\.series).flatMap(\.instances).map { saved in
            var digest = RunningSHA256()
            try saved.forEachChunk { digest.update($0) }
            return (saved.path, digest.hexDigest)
        }
    }
}

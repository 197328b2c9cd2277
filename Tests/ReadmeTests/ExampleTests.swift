import CodCore
import CodExtract
import CodSink
import CodTesting
import CodTransport
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The stages that articles show do what the articles say")
struct ExampleTests {
    private static let id = SeriesID(study: "1.2", series: "1.2.3")

    /// A store in memory with one series.
    private func store(_ archive: String, _ instances: [PlannedInstance]) -> MemoryStore {
        MemoryStore(series: [Self.id: MemoryStore.Entry(archive: Array(archive.utf8), instances: instances)])
    }

    private let lines = "a.dcm 3\nabcb.dcm 0\nc.dcm 12\nhello, world"
    private let listed = [
        PlannedInstance(uid: "a", byteCount: 3), PlannedInstance(uid: "b", byteCount: 0),
        PlannedInstance(uid: "c", byteCount: 12),
    ]

    @Test("A source, an extractor and a sink of one's own make a pipeline")
    func ownSourceAndFormat() async throws {
        let store = store(lines, listed)
        let sink = MemorySink()
        let pipeline = Pipeline {
            store
            LinesExtractor()
            sink
        }
        let report = try await pipeline.run(store.plan(for: ["1.2", "9.9"]))
        #expect(report.savedCount == 3)
        #expect(report.failures.map(\.code) == [.studyNotFound])
        #expect(sink.bytes(of: Instance(series: Self.id, uid: "c", byteCount: 12)) == Array("hello, world".utf8))
    }

    @Test("The source goes on where a connection would have broken")
    func ownSourceFromOffset() async throws {
        let store = store(lines, listed)
        let plan = try await store.plan(for: ["1.2"])
        let archive = try #require(plan.series.compactMap(\.archive).first)
        let portion = Portion(archive: archive, byteRange: 8..<20, instances: [])
        var bytes: [UInt8] = []
        for try await chunk in try await store.open(portion, at: 2) { chunk.withBytes { $0.withUnsafeBytes { bytes += $0 } } }
        #expect(bytes == Array(lines.utf8.dropFirst(10).prefix(10)))
    }

    @Test("A stage with a stream of its own fails what it refuses, and nothing else")
    func ownStream() async throws {
        let dicom = String(repeating: "x", count: 128) + "DICM and more"
        let store = store(
            "a.dcm 12\nhello, worldb.dcm \(dicom.utf8.count)\n\(dicom)c.dcm 0\n",
            [PlannedInstance(uid: "a"), PlannedInstance(uid: "b"), PlannedInstance(uid: "c")])
        let sink = MemorySink()
        let pipeline = Pipeline {
            store
            LinesExtractor()
            PreambleCheck()
            sink
        }
        let report = try await pipeline.run(store.plan(for: ["1.2"]))
        #expect(report.savedCount == 1)
        #expect(sink.bytes(of: Instance(series: Self.id, uid: "b", byteCount: 0)) == Array(dicom.utf8))
        #expect(Set(report.failures.compactMap(\.instance)) == ["a", "c"])
        #expect(report.failures.allSatisfy { $0.code == .refused })
    }

    @Test("A finisher of one's own lists the files of a study that is complete, and of no other")
    func ownFinisher() async throws {
        let folder = try TemporaryFolder()
        for (lines, isComplete) in [(lines, true), ("a.dcm 3\nabc", false)] {
            let store = store(lines, listed)
            let pipeline = Pipeline {
                store
                LinesExtractor()
                DirectorySink(at: folder["\(isComplete)"])
                FileList(folder: folder.path)
            }
            let report = try await pipeline.run(store.plan(for: ["1.2"]))
            #expect(report.isComplete == isComplete)
            #expect(report.studies.flatMap(\.artifacts) == (isComplete ? [folder["1.2.txt"]] : []))
        }
        #expect(folder.text("1.2.txt")?.split(separator: "\n").count == 3)
    }

    @Test("Without a cluster's variables there is one share, which is all")
    func share() async throws {
        let store = store(lines, listed)
        let sink = MemorySink()
        let pipeline = Pipeline {
            store
            LinesExtractor()
            sink
        }
        try await retrieveShare(of: ["1.2"], from: store, through: pipeline)
        #expect(sink.bytes(of: Instance(series: Self.id, uid: "a", byteCount: 3)) == Array("abc".utf8))
    }

    @Test("Events and failures are told of a run in which one study is not there")
    func telling() async throws {
        let store = store(lines, listed)
        let pipeline = Pipeline {
            store
            LinesExtractor()
            MemorySink()
        }
        let plan = try await store.plan(for: ["1.2", "9.9"])
        let report = await watch(pipeline, plan)
        #expect(report.savedCount == 3 && report.failures.count == 1)
        try await handleFailures(pipeline, plan)
    }
}

import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@testable import CodZip

@Suite("A study that is saved straight into its zip")
struct ZipSinkTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func sink(
        _ change: (inout ZipOptions) -> Void = { _ in }, usesUnnamedFiles: Bool = true, isDurable: Bool = false
    ) -> ZipSink {
        var options = ZipOptions()
        options.concurrency = 3
        change(&options)
        return ZipSink(into: folder["zips"], options: options, isDurable: isDurable, usesUnnamedFiles: usesUnnamedFiles)
    }

    private var zip: String { folder["zips/1.2.3.zip"] }

    @Test("is read by everybody, byte for byte, and nothing else is left", arguments: ZipReader.installed)
    func readers(reader: ZipReader) async throws {
        let study = ZipStudy.mixed(large: true)
        let outcome = try await study.retrieve(into: sink(isDurable: true))
        #expect(outcome.study.artifacts == [zip])
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        let result = try reader.test(zip)
        #expect(result.status == 0, "\(result.text)")
        #expect(try ZipContent.unpacked(zip) == study.expected)
        let saved = outcome.study.series.flatMap(\.instances)
        #expect(saved.allSatisfy { $0.root == zip && $0.isVerified && !$0.isEarlier })
        #expect(Set(saved.map(\.path)) == Set(study.expected.keys))
    }

    @Test(
        "has the same bytes as a zip of its files, with a timestamp, whatever came first", arguments: [1, 4], [50_000, 1 << 20])
    func reproducible(concurrency: Int, chunkByteCount: Int) async throws {
        let study = ZipStudy.mixed(large: true)
        func change(_ options: inout ZipOptions) {
            options.timestamp = ZipTime(secondsSince1970: 1_700_000_000)
            options.concurrency = concurrency
        }
        _ = try await study.retrieve(into: sink(change), chunkByteCount: chunkByteCount)
        var options = ZipOptions()
        change(&options)
        let other = try await StudyZipper(into: folder["others"], options: options).run(saved(study), in: StageContext())
        let bytes = FileManager.default.contents(atPath: zip)
        let path = try #require(other.artifacts.first)
        #expect(bytes == FileManager.default.contents(atPath: path))
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
    }

    @Test("has the same bytes whatever the chunks that its instances came in", arguments: [1, 2, 7, 4093, 65_537])
    func chunks(chunkByteCount: Int) async throws {
        var study = ZipStudy()
        study.add(ramp(3000), as: "1")
        study.add(noise(2000), as: "2", in: "4.6")
        if chunkByteCount > 1000 { study.add(ramp(2_500_000), as: "3", in: "4.7") }
        var zips: [Data?] = []
        for (byteCount, concurrency) in [(chunkByteCount, 1), (chunkByteCount, 3), (1 << 20, 2)] {
            try? FileManager.default.removeItem(atPath: zip)
            let sink = sink {
                $0.timestamp = .earliest
                $0.concurrency = concurrency
            }
            _ = try await study.retrieve(into: sink, chunkByteCount: byteCount)
            zips.append(FileManager.default.contents(atPath: zip))
        }
        #expect(zips[0] != nil && zips[0] == zips[1] && zips[1] == zips[2])
    }

    @Test("that is finished is left alone, and is an artifact all the same")
    func repeated() async throws {
        let study = ZipStudy.mixed()
        _ = try await study.retrieve(into: sink())
        let before = try #require(FileStatus.ofFile(at: zip))
        let outcome = try await study.retrieve(into: sink())
        #expect(outcome.fetched == [])
        #expect(outcome.study.artifacts == [zip])
        #expect(FileStatus.ofFile(at: zip) == before)
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
    }

    @Test("that grew is fetched as far as it grew, and keeps what it had", arguments: [ZipTime.earliest, nil])
    func grown(timestamp: ZipTime?) async throws {
        var study = ZipStudy.mixed(large: true)
        _ = try await study.retrieve(into: sink { $0.timestamp = timestamp })
        study.add(ramp(4000), as: "5", in: "4.6")
        study.add(ramp(2_000_000), as: "9", in: "4.1")
        let outcome = try await study.retrieve(into: sink { $0.timestamp = timestamp })
        #expect(Set(outcome.fetched) == ["5", "9"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        if timestamp != nil {
            let grown = FileManager.default.contents(atPath: zip)
            try FileManager.default.removeItem(atPath: zip)
            _ = try await study.retrieve(into: sink { $0.timestamp = timestamp })
            #expect(FileManager.default.contents(atPath: zip) == grown)
        }
    }

    @Test("that was interrupted is gone on with", arguments: [ZipTime.earliest, nil], [true, false])
    func interrupted(timestamp: ZipTime?, usesUnnamedFiles: Bool) async throws {
        let study = ZipStudy.mixed(large: true)
        func sink() -> ZipSink { self.sink({ $0.timestamp = timestamp }, usesUnnamedFiles: usesUnnamedFiles) }
        let first = try await study.retrieve(into: sink(), failing: ["2", "41"], finishes: false)
        #expect(Set(first.fetched) == Set(study.stored.map(\.uid)))
        #expect(folder.names(in: "zips") == [".1.2.3.zip.journal", ".1.2.3.zip.partial"])
        let second = try await study.retrieve(into: sink())
        #expect(Set(second.fetched) == ["2", "41"])
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("of which something failed is not zipped; the next run fetches that alone")
    func failed() async throws {
        let study = ZipStudy.mixed()
        let first = try await study.retrieve(into: sink(), failing: ["2"])
        #expect(first.failure?.reach == .study)
        #expect(first.failure?.message.contains("No zip is made of the study: 1 thing of the study failed") == true)
        #expect(folder.names(in: "zips") == [".1.2.3.zip.journal", ".1.2.3.zip.partial"])
        let second = try await study.retrieve(into: sink())
        #expect(second.fetched == ["2"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("of which all failed leaves nothing behind")
    func allFailed() async throws {
        var study = ZipStudy()
        study.add([1, 2, 3], as: "1")
        let outcome = try await study.retrieve(into: sink { $0.allowsPartial = true }, failing: ["1"])
        #expect(outcome.failure == nil && outcome.study.artifacts == [])
        #expect(folder.names(in: "zips") == [])
    }

    @Test("may be zipped in part, with a report inside that the next run removes", arguments: [ZipTime.earliest, nil])
    func partial(timestamp: ZipTime?) async throws {
        let study = ZipStudy.mixed()
        func sink() -> ZipSink {
            self.sink {
                $0.allowsPartial = true
                $0.timestamp = timestamp
            }
        }
        let first = try await study.retrieve(into: sink(), failing: ["2"])
        #expect(first.study.artifacts == [zip])
        var expected = study.expected
        expected["4.6/instances/2.dcm"] = nil
        var unpacked = try ZipContent.unpacked(zip)
        let report = String(decoding: unpacked.removeValue(forKey: "INCOMPLETE.txt") ?? [], as: UTF8.self)
        #expect(report.contains("4.6/instances/2.dcm: Made to fail. [checksumMismatch]"))
        #expect(unpacked == expected)
        let before = try #require(FileStatus.ofFile(at: zip))
        let again = try await study.retrieve(into: sink(), failing: ["2"])
        #expect(again.fetched == ["2"] && again.failure == nil)
        #expect(FileStatus.ofFile(at: zip) == before)
        let last = try await study.retrieve(into: sink())
        #expect(last.fetched == ["2"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("without any instance gets none")
    func empty() async throws {
        let sink = sink()
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let study = try await sink.finish(SavedStudy(uid: "1.2.3"))
        try await sink.close()
        #expect(study.artifacts == [])
        #expect(folder.names(in: "zips") == [])
    }

    @Test("that another sink fills fails before a byte of it is fetched, and says who does")
    func held() async throws {
        let study = ZipStudy.mixed()
        let (first, second) = (sink(), sink())
        try await first.prepare(for: study.plan)
        let id = study.series[0]
        let instance = study.stored[1]
        try await first.runPortion(of: id, instance.events(chunkByteCount: 10))
        try await second.prepare(for: study.plan)
        let inventory = try await second.inventory(of: study.plan(of: id))
        #expect(inventory.isEmpty)
        let error = await #expect(throws: CodError.self) {
            try await second.runPortion(of: id, instance.events(chunkByteCount: 10)) { _ in
                Issue.record("It asked for bytes.")
            }
        }
        #expect(
            error?.message.hasPrefix("The process \(ProcessInfo.processInfo.processIdentifier)") == true,
            "\(String(describing: error))")
        #expect(error?.reach == .study)
        try await second.close()
        try await first.close()
        let outcome = try await study.retrieve(into: second)
        #expect(!outcome.fetched.contains(instance.uid))
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("changes nothing when it is asked what it holds without a run")
    func stats() async throws {
        let study = ZipStudy.mixed()
        let id = try #require(study.series.last)
        let none = try await sink().inventory(of: study.plan(of: id))
        #expect(none.isEmpty)
        #expect(folder.everything == [])
        _ = try await study.retrieve(into: sink(), finishes: false)
        let path = folder["zips/.1.2.3.zip.journal"]
        let before = FileManager.default.contents(atPath: path)
        let plan = study.plan(of: id)
        #expect(try await sink().inventory(of: plan).count == plan.instances.count)
        #expect(FileManager.default.contents(atPath: path) == before)
        _ = try await study.retrieve(into: sink())
        #expect(try await sink().inventory(of: plan).count == plan.instances.count)
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
    }

    @Test("fetches again what the metadata says to be something else")
    func otherVersion() async throws {
        var old = ZipStudy()
        old.add(ramp(5000), as: "1")
        old.add(ramp(6000), as: "2")
        _ = try await old.retrieve(into: sink())
        var new = ZipStudy()
        new.add(noise(5000), as: "1")
        new.add(ramp(6000), as: "2")
        let outcome = try await new.retrieve(into: sink())
        #expect(outcome.fetched == ["1"])
        #expect(try ZipContent.unpacked(zip) == new.expected)
    }

    /// The files of a study, as a folder's sink saves them.
    private func saved(_ study: ZipStudy) throws -> SavedStudy {
        var result = SavedStudy(uid: study.uid)
        for id in study.series {
            let instances = try study.stored.filter { $0.id == id }.map { stored in
                let url = URL(filePath: folder["out/\(stored.name)"])
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(stored.bytes).write(to: url)
                return SavedInstance(
                    instance: stored.instance, path: stored.name, root: folder["out"], checksum: stored.checksum)
            }
            result.series.append(SavedSeries(id: id, instances: instances))
        }
        return result
    }
}

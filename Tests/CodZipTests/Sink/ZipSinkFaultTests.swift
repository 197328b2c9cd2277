import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@testable import CodZip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A zip that is filled in a world of faults")
struct ZipSinkFaultTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var sink: ZipSink { ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true) }
    private var zip: String { folder["zips/1.2.3.zip"] }

    @Test("Of a large instance that fails at its end nothing has a place", arguments: [true, false])
    func largeFailure(shrinks: Bool) async throws {
        var study = ZipStudy()
        study.add(shrinks ? ramp(4_000_000) : noise(4_000_000), as: "1")
        study.add(ramp(2_000_000), as: "2")
        let first = try await study.retrieve(into: sink, failing: ["1"], finishes: false)
        #expect(first.study.series.flatMap(\.instances).map(\.instance.uid) == ["2"])
        let partial = FileManager.default.contents(atPath: folder["zips/.1.2.3.zip.partial"])
        #expect(try #require(partial).count < 100_000)
        let second = try await study.retrieve(into: sink)
        #expect(second.fetched == ["1"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("An instance of another size than announced has no place", arguments: [5000, 3_000_000], [-1, 1])
    func wrongSize(byteCount: Int, excess: Int) async throws {
        var study = ZipStudy()
        study.add(ramp(byteCount), as: "1")
        let stored = study.stored[0]
        var announced = stored.instance
        announced.byteCount -= Int64(excess)
        let sink = sink
        try await sink.prepare(for: study.plan)
        let events = [.begin(announced)] + stored.events(chunkByteCount: 1000).dropFirst()
        let result = try await sink.runPortion(of: stored.id, Array(events))
        #expect(result.instances.isEmpty)
        #expect(result.failures.map(\.code) == [.sizeMismatch])
        try await sink.close()
        #expect(folder.names(in: "zips") == [])
    }

    @Test("A large instance that a trial took for one that shrinks is stored, as in a zip of its files")
    func misleadingTrial() async throws {
        // In the middle of the first part a few values are missing.
        var bytes = noise(12 << 20)
        for position in (480 << 10)..<(544 << 10) { bytes[position] = UInt8(Int(bytes[position]) * 196 / 256) }
        var study = ZipStudy()
        study.add(bytes, as: "1")
        var options = ZipOptions()
        options.timestamp = .earliest
        let sink = ZipSink(into: folder["zips"], options: options, isDurable: false, usesUnnamedFiles: true)
        let outcome = try await study.retrieve(into: sink, chunkByteCount: 1 << 20)
        let names = StudyZip.Names(folder: try OpenFile.folder(at: folder["zips"]), folderPath: folder["zips"], study: "1.2.3")
        let finished = try FinishedZip(names)
        #expect(finished?.places.values.first?.entry.method == .stored)
        // It does not go without saying that the trial was misled.
        #expect(try EntryPackerTrial.isWorthwhile(Array(bytes.prefix(LargePart.byteCount))))
        #expect(try ZipContent.bytes(of: study.stored[0].name, study: "1.2.3", in: folder["zips"]) == bytes)
        #expect(outcome.failure == nil)
    }

    @Test("A run that is cancelled in the middle of a large instance leaves what is whole")
    func cancelled() async throws {
        var study = ZipStudy()
        study.add(ramp(5000), as: "1")
        study.add(ramp(6_000_000), as: "2")
        let (plan, id, sink) = (study.plan, study.series[0], sink)
        let events = study.stored.flatMap { $0.events(chunkByteCount: 100_000) }
        try await sink.prepare(for: plan)
        let task = Task {
            try await sink.runPortion(of: id, events) { position in
                if position == 40 { withUnsafeCurrentTask { $0?.cancel() } }
                try Task.checkCancellation()
            }
        }
        let result = try await task.value
        #expect(result.instances.map(\.instance.uid) == ["1"])
        #expect(result.failures.map(\.code) == [.cancelled])
        try await sink.close()
        #expect(folder.names(in: "zips") == [".1.2.3.zip.journal", ".1.2.3.zip.partial"])
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.fetched == ["2"])
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("Many portions of many studies side by side end in whole zips")
    func sideBySide() async throws {
        let studies = (0..<6).map { number in
            var study = ZipStudy(uid: "1.2.\(number)")
            for instance in 0..<30 { study.add(ramp(1000 * instance + number), as: "\(instance)", in: "4.\(instance % 4)") }
            study.add(ramp(2_500_000 + number), as: "large-\(number)", in: "4.9")
            return study
        }
        let sink = sink
        try await sink.prepare(for: RetrievalPlan(studies: studies.flatMap(\.plan.studies)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for study in studies {
                group.addTask {
                    var saved = SavedStudy(uid: study.uid)
                    try await withThrowingTaskGroup(of: SavedSeries.self) { portions in
                        for stored in study.stored {
                            portions.addTask {
                                try await sink.runPortion(of: stored.id, stored.events(chunkByteCount: 70_000))
                            }
                        }
                        for try await result in portions { saved.series.append(result) }
                    }
                    _ = try await sink.finish(saved)
                }
            }
            try await group.waitForAll()
        }
        try await sink.close()
        #expect(folder.names(in: "zips") == studies.map { "\($0.uid).zip" })
        for study in studies { #expect(try ZipContent.unpacked(folder["zips/\(study.uid).zip"]) == study.expected) }
    }

    @Test("Something else in a zip's place is told before anything is fetched")
    func inTheWay() async throws {
        try folder.makeFolder("zips/1.2.3.zip")
        var study = ZipStudy()
        study.add([1], as: "1")
        let error = await #expect(throws: CodError.self) { try await sink.prepare(for: study.plan) }
        #expect(error?.code == .outputUnusable && error?.reach == .job)
        try folder.put("", at: "file")
        let other = ZipSink(into: folder["file"])
        let second = await #expect(throws: CodError.self) { try await other.prepare(for: study.plan) }
        #expect(second?.code == .outputUnusable && second?.reach == .job)
    }

    @Test("A finished zip that is none, or is damaged, is made anew", arguments: ["", "nonsense", "PK\u{5}\u{6}"])
    func damaged(content: String) async throws {
        try folder.put(content, at: "zips/1.2.3.zip")
        let study = ZipStudy.mixed()
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.fetched.count == study.stored.count)
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("A finished zip whose entries lie in each other is made anew")
    func overlapping() async throws {
        let study = ZipStudy.mixed()
        _ = try await study.retrieve(into: sink)
        let text = """
            import sys
            data = bytearray(open(sys.argv[1], "rb").read())
            # Every entry of the directory is said to be the first one's bytes, and as many as there are.
            start = int.from_bytes(data[-6:-2], "little")
            while data[start:start + 4] == b"PK\\1\\2":
                data[start + 20:start + 24] = data[start + 24:start + 28] = (len(data) // 2).to_bytes(4, "little")
                data[start + 42:start + 46] = bytes(4)
                start += 46 + sum(int.from_bytes(data[start + at:start + at + 2], "little") for at in (28, 30, 32))
            open(sys.argv[1], "wb").write(data)
            """
        let damaging = try ZipReader.run(["python3", "-c", text, zip])
        try #require(damaging.status == 0, "\(damaging.text)")
        let names = StudyZip.Names(folder: try OpenFile.folder(at: folder["zips"]), folderPath: folder["zips"], study: "1.2.3")
        let error = #expect(throws: CodError.self) { try FinishedZip(names) }
        #expect(error?.message.contains("in each other") == true)
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.fetched.count == study.stored.count)
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    @Test("What somebody else has put into a finished zip stays in it")
    func foreign() async throws {
        try folder.makeFolder("zips")
        let text = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("notes.txt", "seen" * 100)
            """
        _ = try ZipReader.run(["python3", "-c", text, zip])
        let study = ZipStudy.mixed()
        _ = try await study.retrieve(into: sink)
        var expected = study.expected
        expected["notes.txt"] = Array(String(repeating: "seen", count: 100).utf8)
        #expect(try ZipContent.unpacked(zip) == expected)
    }

    @Test("Room that is not there is told before anything is fetched, unless nobody asks")
    func room() async throws {
        func sink(checksSpace: Bool) -> ZipSink {
            ZipSink(into: folder["zips/below"], isDurable: false, checksSpace: checksSpace, usesUnnamedFiles: true) { _ in
                FileSystemStatus(freeByteCount: 1000, blockByteCount: 4096)
            }
        }
        try await sink(checksSpace: true).requireRoom(for: [400, 600])
        let error = await #expect(throws: CodError.self) { try await sink(checksSpace: true).requireRoom(for: [400, 601, .max]) }
        #expect(error?.code == .outputUnusable && error?.reach == .job)
        try await sink(checksSpace: false).requireRoom(for: [400, 601])
        #expect(folder.everything == [])
    }

    @Test("Where no more can be written the job stops, and what is saved is gone on with", arguments: [false, true])
    func full(isLarge: Bool) async throws {
        let path = folder["zips"]
        await #expect(processExitsWith: .success) { [path = path as String, isLarge = isLarge as Bool] in
            // Writing beyond the limit is to be an error, as on a disk that is full, and no signal.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 400_000, rlim_max: 400_000)
            #if canImport(Glibc)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #else
                try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
            #endif
            let study = Self.study(isLarge: isLarge)
            let sink = ZipSink(into: path, isDurable: false, usesUnnamedFiles: true)
            let outcome = try await study.retrieve(into: sink, finishes: false)
            let failures = outcome.study.series.flatMap(\.failures)
            #expect(failures.map(\.code) == [.writeFailed] && failures.map(\.reach) == [.job])
            #expect(!outcome.study.series.flatMap(\.instances).isEmpty)
        }
        let study = Self.study(isLarge: isLarge)
        let outcome = try await study.retrieve(into: sink)
        #expect(0 < outcome.fetched.count && outcome.fetched.count < study.stored.count)
        #expect(try ZipContent.unpacked(zip) == study.expected)
    }

    private static func study(isLarge: Bool) -> ZipStudy {
        var study = ZipStudy()
        for number in 0..<10 { study.add(noise(isLarge ? 10_000 : 70_000, seed: UInt64(number)), as: "\(number)") }
        if isLarge { study.add(noise(2_000_000), as: "large") }
        return study
    }
}

/// Asks a packer what it would do.
enum EntryPackerTrial {
    static func isWorthwhile(_ bytes: [UInt8]) throws -> Bool {
        var packer = EntryPacker(ZipOptions())
        return try packer.worthwhile(ByteChunk(bytes))
    }
}

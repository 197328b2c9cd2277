import CodCore
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Files that no record vouches for are read before they count as saved")
struct UnrecordedTests {
    let folder: TemporaryFolder
    let sink: DirectorySink

    private static let sum = checksum(of: "0123456789")

    init() throws {
        folder = try TemporaryFolder()
        sink = DirectorySink(at: folder["out"])
        for (uid, text) in [("right", "0123456789"), ("wrong", "0123456780"), ("short", "012345678")] {
            try folder.put(text, at: "out/1.2.3/4.5.6/instances/\(uid).dcm")
        }
    }

    private let wanted = plan(["right", "wrong", "short", "absent"].map { planned($0, 10, checksum: sum) })

    private var records: String? { folder.text("out/.cod/records/1.2.3/4.5.6.txt") }

    /// What a run finds.
    private func held(of series: SeriesPlan, by sink: DirectorySink) async throws -> [SavedInstance] {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let held = try await sink.inventory(of: series)
        try await sink.close()
        return held
    }

    @Test("In a run: what is right is held, and recorded as verified; what is wrong is not, and recorded as damaged")
    func inARun() async throws {
        let held = try await held(of: wanted, by: sink)
        #expect(held.map(\.instance.uid) == ["right"])
        #expect(held.map(\.isVerified) == [true] && held.map(\.isEarlier) == [true])
        #expect(records == "right 10 \(Self.sum) verified\nwrong 10 \(Self.sum) damaged\n")
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/right"])
        // From then on the records say it, and nothing is read.
        try folder.put("9876543210", at: "out/1.2.3/4.5.6/instances/right.dcm")
        #expect(try await self.held(of: wanted, by: DirectorySink(at: folder["out"])).map(\.instance.uid) == ["right"])
        #expect(try await DirectorySink(at: folder["out"]).inventory(of: wanted).map(\.instance.uid) == ["right"])
    }

    @Test("Saved again, what was wrong is held")
    func savedAgain() async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        _ = try await sink.inventory(of: wanted)
        try await sink.feed(events("0123456789", of: instance("wrong", checksum: Self.sum)))
        try await sink.close()
        #expect(try await sink.inventory(of: wanted).map(\.instance.uid) == ["right", "wrong"])
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/right", "1.2.3/4.5.6/wrong"])
    }

    @Test("Outside of a run the sizes decide, and nothing is written")
    func outside() async throws {
        let before = folder.everything
        #expect(try await sink.inventory(of: wanted).map(\.instance.uid) == ["right", "wrong"])
        #expect(folder.everything == before)
    }

    @Test(
        "Without a checksum in the metadata, and where none are to be compared, sizes decide; the former are recorded as they are"
    )
    func nothingToCompare() async throws {
        let trusting = DirectorySink(at: folder["out"], checksUnrecorded: false)
        #expect(try await held(of: wanted, by: trusting).map(\.instance.uid) == ["right", "wrong"])
        #expect(records == nil)
        let unsummed = plan(["right", "wrong"].map { planned($0, 10) })
        #expect(try await held(of: unsummed, by: sink).map(\.instance.uid) == ["right", "wrong"])
        let lines = try #require(records).split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" unverified") })
        #expect(lines.contains("right 10 \(Self.sum) unverified"))
    }

    @Test("Where the archive's checksum can stand in for the metadata's, only what was compared with it is held")
    func comparedByArchive() async throws {
        let records = "right 10 \(Self.sum) 00000001 confirmed\nwrong 10 \(Self.sum) verified\n"
        try folder.put(records, at: "out/.cod/records/1.2.3/4.5.6.txt")
        func plan(checksum: CRC32C?, isWhole: Bool = true) -> SeriesPlan {
            var instances = ["right", "wrong"].map { planned($0, 10) }
            if !isWhole { instances.append(PlannedInstance(uid: "other", isWanted: false)) }
            let id = SeriesID(study: "1.2.3", series: "4.5.6")
            return SeriesPlan(
                id: id, state: .retrievable(Archive(series: id, url: "u", objectName: "o", byteCount: 4096, checksum: checksum)),
                instances: instances)
        }
        let held = try await held(of: plan(checksum: CRC32C(1)), by: sink)
        #expect(held.map(\.instance.uid) == ["right"] && held.allSatisfy(\.isConfirmedByArchive))
        #expect(try await self.held(of: plan(checksum: nil), by: sink).map(\.instance.uid) == ["right", "wrong"])
        #expect(try await self.held(of: plan(checksum: CRC32C(1), isWhole: false), by: sink).count == 2)
        // Of another archive it is another version, whoever asks.
        #expect(try await self.held(of: plan(checksum: CRC32C(2)), by: sink).isEmpty)
        #expect(try await self.held(of: plan(checksum: CRC32C(2), isWhole: false), by: sink).map(\.instance.uid) == ["wrong"])
        let trusting = DirectorySink(at: folder["out"], checksUnrecorded: false)
        #expect(try await self.held(of: plan(checksum: CRC32C(1)), by: trusting).count == 2)
    }

    @Test("A record of another size, or without a checksum, vouches for nothing")
    func otherRecords() async throws {
        try folder.put("right 9 \(Self.sum) verified\nwrong 10 - unverified\n", at: "out/.cod/records/1.2.3/4.5.6.txt")
        #expect(try await held(of: wanted, by: sink).map(\.instance.uid) == ["right"])
        #expect(records?.contains("\nright 10 \(Self.sum) verified\n") == true)
    }

    @Test("What is right is brought to the disk before it is recorded; a disk that fails stops the job, and nothing is recorded")
    func durable() async throws {
        let synced = Mutex<[String]>([])
        let folder = folder
        let careful = DirectorySink(
            at: folder["out"], isDurable: true, usesUnnamedFiles: true,
            sync: { _, instances in
                #expect(!folder.exists("out/.cod/records"))
                synced.withLock { $0 += instances.map(\.instance.uid) }
            })
        #expect(try await held(of: wanted, by: careful).count == 1)
        #expect(synced.withLock { $0 } == ["right"])
        try FileManager.default.removeItem(atPath: folder["out/.cod"])
        let failing = DirectorySink(
            at: folder["out"], isDurable: true, usesUnnamedFiles: true, sync: { _, _ throws(Errno) in throw .ioError })
        try await failing.prepare(for: RetrievalPlan(studies: []))
        let error = await #expect(throws: CodError.self) { try await failing.inventory(of: wanted) }
        #expect(error?.code == .writeFailed && error?.reach == .job)
        #expect(records == nil)
        try await failing.close()
    }

    @Test("Cancelled, it ends, and nothing is recorded")
    func cancellation() async throws {
        let (sink, wanted) = (sink, wanted)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await sink.inventory(of: wanted)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(records == nil)
        try await sink.close()
    }

    @Test("It is told when there is much to read: at 256 MiB, and when that has doubled")
    func notices() {
        var files = CheckedFiles()
        var notices: [String] = []
        for _ in 0..<100 {
            if let notice = files.add(count: 10, byteCount: 16 << 20, in: "out") { notices.append(notice) }
        }
        #expect(notices.count == 3)
        #expect(notices.first?.contains("no record of 160 files in out, 256 MiB") == true)
        #expect(notices.last?.contains("640 files in out, 1024 MiB") == true)
        #expect(files.add(count: 1, byteCount: .max, in: "out") == nil)
    }
}

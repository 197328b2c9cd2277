import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("A zip in progress whose process was killed, or whose machine lost its power")
struct ZipRecoveryTests {
    private let folder: TemporaryFolder
    private let study: ZipStudy

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        var study = ZipStudy()
        study.add([], as: "1")
        study.add(ramp(200), as: "2")
        study.add(noise(150), as: "3", in: "4.6")
        self.study = study
    }

    private var sink: ZipSink { ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true) }
    private var partial: String { folder["zips/.1.2.3.zip.partial"] }
    private var journal: String { folder["zips/.1.2.3.zip.journal"] }

    /// Leaves a zip in progress that holds everything; answers its bytes, and where its entries are.
    private func interrupt() async throws -> (partial: Data, journal: Data, places: [ZipLayout.Place]) {
        _ = try await study.retrieve(into: sink, finishes: false)
        let names = StudyZip.Names(folder: try OpenFile.folder(at: folder["zips"]), folderPath: folder["zips"], study: "1.2.3")
        let places = try StudyZip.recorded(names).places.values.sorted { $0.offset < $1.offset }
        try #require(places.count == 3)
        return (try read(partial), try read(journal), places)
    }

    private func read(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    /// Puts a zip in progress there, goes on with it, and looks whether the zip is right. Answers what was fetched.
    private func goOn(_ zip: Data?, _ lines: Data?) async throws -> Set<String> {
        try? FileManager.default.removeItem(atPath: folder["zips"])
        try folder.makeFolder("zips")
        try zip?.write(to: URL(filePath: partial))
        try lines?.write(to: URL(filePath: journal))
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.failure == nil)
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        for stored in study.stored {
            #expect(try ZipContent.bytes(of: stored.name, study: "1.2.3", in: folder["zips"]) == stored.bytes)
        }
        return Set(outcome.fetched)
    }

    @Test("is gone on with, wherever its journal was torn off")
    func tornJournal() async throws {
        let (zip, lines, _) = try await interrupt()
        for cut in 0..<lines.count {
            let wholeCount = String(decoding: lines.prefix(cut), as: UTF8.self).components(separatedBy: "\n")
                .dropLast().count { $0.hasPrefix("add ") }
            #expect(try await goOn(zip, lines.prefix(cut)).count == 3 - wholeCount, "torn off at byte \(cut)")
        }
        #expect(try await goOn(zip, lines) == [])
    }

    @Test("is gone on with, however much of it has not reached the disk")
    func tornZip() async throws {
        let (zip, lines, places) = try await interrupt()
        for cut in Array(stride(from: 0, to: zip.count, by: 7)) + places.flatMap({ [Int($0.endOffset) - 1, Int($0.endOffset)] })
        where cut < zip.count {
            let count = places.count { $0.endOffset <= cut }
            #expect(try await goOn(zip.prefix(cut), lines).count == 3 - count, "torn off at byte \(cut)")
        }
        #expect(try await goOn(nil, lines).count == 3)
        #expect(try await goOn(zip, nil).count == 3)
    }

    @Test("loses an entry of which one byte is another, and no other")
    func changedZip() async throws {
        let (zip, lines, _) = try await interrupt()
        for position in stride(from: 0, to: zip.count, by: 3) {
            var changed = zip
            changed[position] ^= 0x10
            #expect(try await goOn(changed, lines).count == 1, "changed at byte \(position)")
        }
    }

    @Test("is gone on with, where it was killed between its last name and the end")
    func leftover() async throws {
        let (zip, lines, _) = try await interrupt()
        _ = try await goOn(zip, lines)
        let finished = try read(folder["zips/1.2.3.zip"])
        let status = FileStatus.ofFile(at: folder["zips/1.2.3.zip"])
        for leftZip in [nil, zip] {
            try leftZip?.write(to: URL(filePath: partial))
            try lines.write(to: URL(filePath: journal))
            let outcome = try await study.retrieve(into: sink)
            #expect(outcome.fetched == [])
            #expect(outcome.study.artifacts == [folder["zips/1.2.3.zip"]])
            #expect(try read(folder["zips/1.2.3.zip"]) == finished)
            #expect(FileStatus.ofFile(at: folder["zips/1.2.3.zip"]) == status)
            #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        }
    }

    @Test("keeps instances without a checksum only where their archive was compared as a whole")
    func unverified() async throws {
        func plan(_ id: SeriesID) -> SeriesPlan {
            let archive = Archive(
                series: id, url: "test:\(id)", objectName: "\(id).tar", byteCount: nil, checksum: CRC32C(1))
            return SeriesPlan(
                id: id, state: .retrievable(archive),
                instances: study.stored.filter { $0.id == id }.map {
                    PlannedInstance(uid: $0.uid, byteCount: Int64($0.bytes.count))
                })
        }
        let plans = study.series.map(plan)
        let sink = sink
        try await sink.prepare(for: RetrievalPlan(studies: []))
        for plan in plans {
            let archive = try #require(plan.archive)
            let breaks = plan.id == plans[0].id
            let events = study.stored.filter { $0.id == plan.id }.flatMap { stored -> [InstanceEvent] in
                var instance = stored.instance
                instance.checksum = nil
                return [.begin(instance)] + stored.events(chunkByteCount: 100).dropFirst()
            }
            let portion = Portion(archive: archive, byteRange: nil, instances: plan.instances, keepsUnlisted: true)
            let stream = InstanceStream(of: portion) {
                var rest = events[...]
                return InstanceStream.AsyncIterator {
                    if let event = rest.popFirst() { return event }
                    if breaks { throw CodError(.truncated, "Made to break off.") }
                    return nil
                }
            }
            let result = try await sink.run(stream, in: StageContext())
            #expect(result.instances.count == plan.instances.count)
        }
        try await sink.close()
        for isInRun in [false, true] {
            let next = self.sink
            if isInRun { try await next.prepare(for: RetrievalPlan(studies: [])) }
            let broken = try await next.inventory(of: plans[0])
            #expect(broken.isEmpty)
            let whole = try await next.inventory(of: plans[1])
            #expect(whole.count == plans[1].instances.count && whole.allSatisfy { $0.isConfirmedByArchive })
            try await next.close()
        }
    }

    @Test("of many studies is gone on with, also where more of them are found than stay open")
    func many() async throws {
        let studies = (0..<ZipSinkState.mostOpenEarly + 5).map { number in
            var study = ZipStudy(uid: "1.2.\(number)")
            study.add(ramp(300 + number), as: "1")
            study.add(ramp(400 + number), as: "2", in: "4.6")
            return study
        }
        for study in studies { _ = try await study.retrieve(into: sink, failing: ["2"], finishes: false) }
        let sink = sink
        try await sink.prepare(for: RetrievalPlan(studies: studies.flatMap(\.plan.studies)))
        var held: [String: [SavedInstance]] = [:]
        for study in studies {
            for series in study.series { held[study.uid, default: []] += try await sink.inventory(of: study.plan(of: series)) }
        }
        #expect(held.values.allSatisfy { $0.map(\.instance.uid) == ["1"] })
        for study in studies {
            let last = study.stored[1]
            var saved = SavedStudy(uid: study.uid)
            saved.series = [
                SavedSeries(id: study.stored[0].id, instances: held[study.uid] ?? []),
                try await sink.runPortion(of: last.id, last.events(chunkByteCount: 100)),
            ]
            _ = try await sink.finish(saved)
        }
        try await sink.close()
        #expect(folder.names(in: "zips") == studies.map { "\($0.uid).zip" }.sorted())
        for study in studies { #expect(try ZipContent.unpacked(folder["zips/\(study.uid).zip"]) == study.expected) }
    }

    @Test("is taken up by an entry again after one that could not be written")
    func failedWrite() throws {
        try folder.makeFolder("zips")
        let names = StudyZip.Names(folder: try OpenFile.folder(at: folder["zips"]), folderPath: folder["zips"], study: "1.2.3")
        do {
            let zip = try StudyZip.open(names, modified: .earliest)
            func entry(_ uid: String) -> ZipEntry {
                ZipEntry(
                    name: "4.5/instances/\(uid).dcm", method: .stored, byteCount: 4, packedByteCount: 4, crc32: CRC32(1),
                    checksum: CRC32C(1))
            }
            var checksum = RunningCRC32C()
            checksum.update(ByteChunk([1, 2, 3, 4]))
            let error = #expect(throws: CodError.self) {
                try zip.add(entry("1"), packed: checksum.checksum) { (_, _, _) throws(Errno) in throw .noSpace }
            }
            #expect(error?.reach == .job && error?.code == .writeFailed)
            #expect(zip.places.isEmpty && zip.byteCount == 0)
            try zip.add(entry("2"), packed: checksum.checksum) { (file, record, offset) throws(Errno) in
                try file.writeAll(record, ([1, 2, 3, 4] as [UInt8]).span.bytes, at: offset)
            }
        }
        let again = try StudyZip.open(names, modified: .earliest)
        #expect(Array(again.places.keys) == ["4.5/instances/2.dcm"])
    }
}

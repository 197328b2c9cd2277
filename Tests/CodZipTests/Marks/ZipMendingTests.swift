import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("A zip that was found damaged is mended by the sink that made it: what is damaged is fetched again, and nothing else")
struct ZipMendingTests {
    private let folder: TemporaryFolder
    private let zip: DamagedZip
    private let study: ZipStudy

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        zip = DamagedZip(folder: folder)
        var study = ZipStudy()
        study.add([], as: "0")
        study.add(ramp(5000), as: "1")
        study.add(noise(4000), as: "2")
        study.add(ramp(300), as: "3", in: "4.6")
        self.study = study
    }

    private let deflated = "4.5/instances/1.dcm"
    private let stored = "4.5/instances/2.dcm"

    private func sink(_ timestamp: ZipTime? = nil, allowsPartial: Bool = false) -> ZipSink {
        var options = ZipOptions()
        options.timestamp = timestamp
        options.allowsPartial = allowsPartial
        return ZipSink(into: folder["zips"], options: options, isDurable: false, usesUnnamedFiles: true)
    }

    /// Makes the zip, damages some of it, and verifies it.
    private func makeDamaged(_ names: String..., timestamp: ZipTime? = nil) async throws {
        _ = try await study.retrieve(into: sink(timestamp))
        for name in names { try zip.damage(name) }
        let (_, findings) = try await zip.verify()
        try #require(Set(findings.map(\.entry)) == Set(names))
    }

    private func expectWhole() async throws {
        #expect(zip.names == [zip.name])
        #expect(try ZipContent.unpacked(zip.path) == study.expected)
        #expect(try await zip.verify().report.isWhole)
    }

    @Test("Entries that are stored, deflated or empty", arguments: [ZipTime.earliest, nil])
    func mends(timestamp: ZipTime?) async throws {
        for uids in [["1"], ["2"], ["0"], ["0", "1", "2"]] {
            try? FileManager.default.removeItem(atPath: folder["zips"])
            _ = try await study.retrieve(into: sink(timestamp))
            let before = try zip.bytes()
            for uid in uids { try zip.damage("4.5/instances/\(uid).dcm") }
            // Not verified, nobody knows of it.
            #expect(try await study.retrieve(into: sink(timestamp)).fetched == [])
            _ = try await zip.verify()
            let outcome = try await study.retrieve(into: sink(timestamp))
            #expect(outcome.failure == nil && Set(outcome.fetched) == Set(uids))
            #expect(outcome.study.artifacts == [zip.path])
            try await expectWhole()
            if timestamp != nil { #expect(try zip.bytes() == before) }
            #expect(try await study.retrieve(into: sink(timestamp)).fetched == [])
        }
    }

    @Test("What nobody verified is not copied into a new zip when it is damaged: the next run fetches it")
    func copied() async throws {
        _ = try await study.retrieve(into: sink())
        try zip.damage(deflated)
        let bytes = try zip.bytes()
        var more = study
        more.add(ramp(700), as: "4", in: "4.6")
        let refused = try await more.retrieve(into: sink())
        #expect(refused.fetched == ["4"] && refused.failure?.code == .damagedArchive)
        #expect(refused.failure?.message.contains(deflated) == true)
        #expect(try zip.bytes() == bytes && zip.marked() == [deflated])
        let next = try await more.retrieve(into: sink())
        #expect(next.fetched == ["1"] && next.failure == nil)
        #expect(try ZipContent.unpacked(zip.path) == more.expected)
        #expect(zip.names == [zip.name])
    }

    @Test("A zip of another program's, with other bytes of the same sizes, does not count as saved")
    func foreign() async throws {
        _ = try await study.retrieve(into: sink())
        let text = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as old: names = [(i.filename, i.file_size) for i in old.infolist()]
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as new:
                for name, size in names: new.writestr(name, bytes(size))
            """
        let made = try ZipReader.run(["python3", "-c", text, zip.path])
        try #require(made.status == 0, "\(made.text)")
        let outcome = try await study.retrieve(into: sink())
        #expect(Set(outcome.fetched) == ["0", "1", "2", "3"] && outcome.failure == nil)
        try await expectWhole()
    }

    @Test("What is damaged does not count as saved for who only asks, either; nothing is changed by that")
    func asked() async throws {
        try await makeDamaged(deflated)
        let sink = sink()
        let plan = study.plan(of: study.series[0])
        #expect(try await sink.inventory(of: plan).map(\.instance.uid) == ["0", "2"])
        // The damaged one is listed, and so told of already.
        #expect(try await sink.holdsUnlisted(of: plan))
        let rest = plan.instances.filter { $0.uid != "1" }
        #expect(try await sink.holdsUnlisted(of: SeriesPlan(id: plan.id, state: plan.state, instances: rest)) == false)
        #expect(try await sink.holdsUnlisted(of: study.plan(of: study.series[1])))
        let bytes = try zip.bytes()
        #expect(try zip.marked() == [deflated])
        // Also for the one who has asked before.
        try FileManager.default.removeItem(atPath: zip.mark)
        #expect(try await sink.inventory(of: plan).count == 3 && zip.bytes() == bytes)
    }

    @Test("A mark that was torn off at any byte counts for what stands in front of that")
    func tornMark() async throws {
        try await makeDamaged(deflated, stored)
        let (bytes, mark) = (try Data(zip.bytes()), try Data(contentsOf: URL(filePath: zip.mark)))
        let date = try FileManager.default.attributesOfItem(atPath: zip.path)[.modificationDate]
        let opened = try OpenFile.folder(at: folder["zips"])
        let status = try #require(try opened.status(of: zip.name))
        for cut in 0...mark.count {
            try mark.prefix(cut).write(to: URL(filePath: zip.mark))
            let marked = try zip.marked()
            let lineCount = mark.prefix(cut).count { $0 == 0x0A }
            #expect(marked.count == max(lineCount - 1, 0), "torn off at byte \(cut)")
            let held = try await sink().inventory(of: study.plan(of: study.series[0]))
            #expect(held.count == 3 - marked.count, "torn off at byte \(cut)")
        }
        #expect(try Data(zip.bytes()) == bytes && opened.status(of: zip.name) == status && date != nil)
    }

    @Test("A mark that somebody made up costs at most what it names; one of another zip nothing, and goes")
    func forgedMark() async throws {
        _ = try await study.retrieve(into: sink())
        let opened = try OpenFile.folder(at: folder["zips"])
        func write(_ zip: ZipDamage.Zip, _ names: [String]) throws {
            try Data(ZipDamage.beginning(of: zip) + names.flatMap(ZipDamage.line(of:))).write(to: URL(filePath: self.zip.mark))
        }
        let own = ZipDamage.Zip(try #require(try opened.status(of: zip.name)))
        try write(own, ["../../../etc/passwd", "4.5/instances/none.dcm", "x.txt"])
        #expect(try await study.retrieve(into: sink()).fetched == [])
        for other in [
            ZipDamage.Zip(byteCount: own.byteCount + 1, modifiedAt: own.modifiedAt),
            ZipDamage.Zip(byteCount: own.byteCount, modifiedAt: own.modifiedAt - 1),
        ] {
            try write(other, [deflated])
            let before = try FileStamp(of: zip.path)
            #expect(try await study.retrieve(into: sink()).fetched == [])
            #expect(try FileStamp(of: zip.path) == before)
            try await expectWhole()
        }
        for bytes in [noise(3000), [], Array("damaged\n\n\n".utf8)] {
            try Data(bytes).write(to: URL(filePath: zip.mark))
            #expect(try await study.retrieve(into: sink()).fetched == [])
            try await expectWhole()
        }
        let named = ZipDamage.Zip(try #require(try opened.status(of: zip.name)))
        try write(named, [deflated])
        #expect(try await study.retrieve(into: sink()).fetched == ["1"])
        try await expectWhole()
    }

    @Test("A run that is killed in between loses nothing: before the new zip has its name, and before the mark is gone")
    func killed() async throws {
        try await makeDamaged(deflated, stored)
        let mark = try Data(contentsOf: URL(filePath: zip.mark))
        let first = try await study.retrieve(into: sink(), finishes: false)
        #expect(Set(first.fetched) == ["1", "2"])
        #expect(try zip.marked() == [deflated, stored] && zip.names.count == 4)
        let second = try await study.retrieve(into: sink())
        #expect(second.fetched == [])
        try await expectWhole()
        try mark.write(to: URL(filePath: zip.mark))
        let third = try await study.retrieve(into: sink())
        #expect(third.fetched == [] && third.failure == nil)
        try await expectWhole()
    }

    @Test("What cannot be fetched again keeps the old zip, and what is known of it", arguments: [true, false])
    func failing(allowsPartial: Bool) async throws {
        try await makeDamaged(deflated, stored)
        let bytes = try zip.bytes()
        let outcome = try await study.retrieve(into: sink(allowsPartial: allowsPartial), failing: ["1"])
        #expect(outcome.failure?.code == .refused && outcome.failure?.reach == .study)
        if allowsPartial {
            #expect(outcome.failure?.message.contains("holds 1 damaged instance that was not fetched again") == true)
        }
        #expect(try zip.bytes() == bytes && zip.marked() == [deflated, stored])
        #expect(try await study.retrieve(into: sink()).fetched == ["1"])
        try await expectWhole()
    }

    @Test("A run for a part of the study makes no zip that lacks what is damaged elsewhere without saying so")
    func selection() async throws {
        try await makeDamaged(deflated)
        let bytes = try zip.bytes()
        var part = ZipStudy()
        part.add(ramp(300), as: "3", in: "4.6")
        // It has all that was asked for.
        let kept = try await part.retrieve(into: sink())
        #expect(kept.fetched == [] && kept.failure == nil && kept.study.artifacts == [zip.path])
        #expect(try zip.bytes() == bytes && zip.marked() == [deflated])
        part.add(ramp(700), as: "4", in: "4.6")
        let refused = try await part.retrieve(into: sink())
        #expect(refused.fetched == ["4"] && refused.failure?.code == .refused)
        #expect(refused.failure?.recovery?.contains("for all of the study") == true)
        #expect(try zip.bytes() == bytes && zip.marked() == [deflated])
        var whole = study
        whole.add(ramp(700), as: "4", in: "4.6")
        #expect(try await whole.retrieve(into: sink()).fetched == ["1"])
        #expect(try ZipContent.unpacked(zip.path) == whole.expected && zip.names == [zip.name])
    }

    @Test("Entries that are no instances are not carried along when they are damaged")
    func others() async throws {
        _ = try await study.retrieve(into: sink())
        let text = "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'a').writestr('notes.txt', 'mine' * 100)"
        #expect(try ZipReader.run(["python3", "-c", text, zip.path]).status == 0)
        #expect(try await zip.verify().findings.map(\.kind) == [.unknown])
        try zip.damage("notes.txt")
        #expect(try await zip.verify().findings.map(\.entry) == ["notes.txt"])
        let outcome = try await study.retrieve(into: sink())
        #expect(outcome.fetched == [] && outcome.failure == nil)
        try await expectWhole()
    }

    @Test("The report of a partial zip is made anew")
    func report() async throws {
        _ = try await study.retrieve(into: sink(allowsPartial: true), failing: ["3"])
        try zip.damage(IncompleteEntry.name)
        #expect(try await zip.verify().findings.map(\.entry) == [IncompleteEntry.name])
        let outcome = try await study.retrieve(into: sink(allowsPartial: true), failing: ["3"])
        #expect(outcome.fetched == ["3"] && outcome.failure == nil && zip.names == [zip.name])
        #expect(try await zip.verify().report.isWhole)
        #expect(try ZipContent.unpacked(zip.path).keys.contains(IncompleteEntry.name))
    }

    /// What is no zip any more.
    enum Ruin: CaseIterable {
        case cutOff, empty, noise, strayBytes, encrypted

        func applied(to bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .cutOff: return Array(bytes.dropLast(30))
            case .empty: return []
            case .noise: return CodZipTests.noise(5000)
            case .strayBytes: return bytes.dropLast(22) + [1, 2, 3] + bytes.suffix(22)
            case .encrypted:
                var bytes = bytes
                let start = (16..<20).map { Int(bytes[bytes.count - 22 + $0]) << (8 * ($0 - 16)) }.reduce(0, |)
                bytes[start + 8] |= 1
                return bytes
            }
        }
    }

    @Test("What is no whole zip is made anew without a mark, by both", arguments: Ruin.allCases, [true, false])
    func ruined(ruin: Ruin, isSink: Bool) async throws {
        var files = try SavedFiles()
        for stored in study.stored { try files.add(stored.bytes, as: stored.uid, in: stored.id.series) }
        func make() async throws {
            if isSink {
                let outcome = try await study.retrieve(into: sink())
                #expect(outcome.failure == nil && outcome.fetched.count == 4)
            } else {
                _ = try await StudyZipper(into: folder["zips"]).run(files.study, in: StageContext())
            }
        }
        try await make()
        try zip.write(ruin.applied(to: zip.bytes()))
        let error = await #expect(throws: CodError.self) { try await zip.verify() }
        #expect(error?.code == .damagedArchive && error?.recovery?.contains("made anew") == true && zip.names == [zip.name])
        try await make()
        try await expectWhole()
    }

    @Test("A zip of saved files is made anew of them", arguments: ["1", "2"])
    func zipper(uid: String) async throws {
        var files = try SavedFiles()
        for stored in study.stored { try files.add(stored.bytes, as: stored.uid, in: stored.id.series) }
        let whole = files.study
        var options = ZipOptions()
        options.allowsPartial = true
        let zipper = StudyZipper(into: folder["zips"], options: options)
        _ = try await zipper.run(whole, in: StageContext())
        try zip.damage("4.5/instances/\(uid).dcm")
        let before = try FileStamp(of: zip.path)
        _ = try await zipper.run(whole, in: StageContext())
        #expect(try FileStamp(of: zip.path) == before)
        _ = try await zip.verify()
        // A partial one does not take its place.
        var lesser = files
        lesser.study.series[0].instances.removeAll { $0.instance.uid == uid }
        lesser.fail(uid)
        await #expect {
            try await zipper.run(lesser.study, in: StageContext())
        } throws: { "\($0)".contains("is there already and holds 1 instance that could not be saved now") }
        #expect(try zip.marked() == ["4.5/instances/\(uid).dcm"])
        let mark = try Data(contentsOf: URL(filePath: zip.mark))
        let study = try await zipper.run(whole, in: StageContext())
        #expect(study.artifacts == [zip.path])
        try await expectWhole()
        // Killed before the mark was gone.
        try mark.write(to: URL(filePath: zip.mark))
        let after = try FileStamp(of: zip.path)
        _ = try await zipper.run(whole, in: StageContext())
        #expect(try FileStamp(of: zip.path) == after && zip.names == [zip.name])
    }

    @Test("Room is asked for a zip that is to be made anew, and for no other")
    func room() async throws {
        var files = try SavedFiles()
        for stored in study.stored { try files.add(stored.bytes, as: stored.uid, in: stored.id.series) }
        _ = try await StudyZipper(into: folder["zips"]).run(files.study, in: StageContext())
        let content = try ZippedStudy(of: files.study)
        let opened = try OpenFile.folder(at: folder["zips"])
        #expect(content.earlier(in: opened) == .same)
        try zip.damage(stored)
        _ = try await zip.verify()
        #expect(content.earlier(in: opened) == .replaceable)
    }

    @Test("What a process that was killed left under a name of its own is gone after the next run's beginning")
    func dead() async throws {
        try folder.makeFolder("zips")
        let dead = [ZipFile.temporaryName(for: "1.2.3.zip"), ZipFile.temporaryName(for: "spool.zip")]
        for name in dead + ["..zip.12.partial", ".1.2.4.zip.partial", "mine.partial"] { try folder.put("x", at: "zips/\(name)") }
        let living = ZipFile.temporaryName(for: "1.2.5.zip")
        let held = try OpenFile.folder(at: folder["zips"]).create(living)
        #expect(try held.lock(waiting: false))
        let sink = sink()
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.close()
        #expect(Set(zip.names) == ["..zip.12.partial", ".1.2.4.zip.partial", "mine.partial", living])
        withExtendedLifetime(held) {}
    }
}

import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodSink

@Suite("On a disk that ignores case nothing is lost to names that differ in case only", .serialized)
struct CaseIgnoringTests {
    /// A disk to save on.
    enum Disk: CaseIterable, CustomTestStringConvertible {
        /// One that heeds case, and is taken for one that does not.
        case pretended
        /// exFAT.
        case real

        var testDescription: String { self == .real ? "exFAT" : "pretended" }

        static let possible = allCases.filter { $0 == .pretended || ExFATDisk.isPossible }
    }

    /// A new folder on a disk.
    final class Place {
        let folder: TemporaryFolder
        private let disk: Disk
        private let mounted: ExFATDisk?

        init(_ disk: Disk) throws {
            self.disk = disk
            folder = try TemporaryFolder()
            mounted = disk == .real ? try ExFATDisk(at: folder.path) : nil
        }

        deinit { mounted?.end() }

        func sink() -> DirectorySink {
            DirectorySink(
                at: folder["out"], isDurable: true, usesUnnamedFiles: disk == .pretended,
                ignoresCase: disk == .pretended ? true : nil)
        }

        func instances(of series: String = "1.2.3/4.5.6") -> [String: String] {
            let names = folder.names(in: "out/\(series)/instances")
            return Dictionary(
                uniqueKeysWithValues: names.map { ($0, folder.text("out/\(series)/instances/\($0)") ?? "") })
        }
    }

    private func expectHeld(_ uids: [String], by sink: DirectorySink, of series: SeriesID = series) async throws {
        let held = try await sink.inventory(of: plan(uids.map { planned($0, Int64($0.utf8.count)) }, of: series))
        #expect(held.map(\.instance.uid) == uids)
        for saved in held {
            #expect(FileManager.default.contents(atPath: saved.location) == Data(saved.instance.uid.utf8))
            #expect(saved.checksum == checksum(of: saved.instance.uid))
        }
    }

    /// Each instance's bytes are its identifier.
    private func bodies(_ uids: [String], of series: SeriesID = series) -> [InstanceEvent] {
        uids.flatMap { events($0, of: instance($0, $0.utf8.count, of: series)) }
    }

    private func planOf(_ series: [SeriesID]) -> RetrievalPlan {
        let studies = Dictionary(grouping: series, by: \.study)
        return RetrievalPlan(
            studies: studies.keys.sorted().map { uid in
                StudyPlan(uid: uid, series: (studies[uid] ?? []).map { plan([], of: $0) })
            })
    }

    @Test("The disk is known for what it is", arguments: Disk.possible)
    func probe(_ disk: Disk) throws {
        let place = try Place(disk)
        let session = try OutputSession.open(at: place.folder["out"], usesUnnamedFiles: true)
        #expect(session.ignoresCase == (disk == .real))
        session.close()
    }

    @Test(
        "Instances of a plan that collide are all marked, whichever comes first; the others have plain names",
        arguments: Disk.possible)
    func instances(_ disk: Disk) async throws {
        let uids = ["abc", "abC", "1.2", "def", "ABC"]
        for order in [uids, uids.reversed()] {
            let place = try Place(disk)
            let sink = place.sink()
            try await sink.prepare(for: planOf([series]))
            #expect(try await sink.inventory(of: plan(uids.map { planned($0, Int64($0.utf8.count)) })).isEmpty)
            let result = try await sink.feed(bodies(order))
            try await sink.close()
            #expect(result.failures.isEmpty)
            #expect(
                place.instances() == [
                    "abc~00000000.dcm": "abc", "abC~00000004.dcm": "abC", "1.2.dcm": "1.2", "def.dcm": "def",
                    "ABC~00000007.dcm": "ABC",
                ])
            #expect(result.instances.first { $0.instance.uid == "abC" }?.path == "1.2.3/4.5.6/instances/abC~00000004.dcm")
            #expect(try loggedEntries(place.folder.text("out/log.json")) == uids.map { "1.2.3/4.5.6/\($0)" }.sorted())
            try await expectHeld(uids, by: sink)
            try await expectHeld(uids, by: place.sink())
        }
    }

    @Test("An instance that comes to one of an earlier run, which the plan does not show, is marked", arguments: Disk.possible)
    func laterInstance(_ disk: Disk) async throws {
        let place = try Place(disk)
        try await place.sink().runSaving("abc", as: "abc")
        #expect(try await place.sink().inventory(of: plan([planned("ABC", 3)])).isEmpty)
        let saved = try await place.sink().runSaving("ABC", as: "ABC")
        #expect(saved.instances.map(\.path) == ["1.2.3/4.5.6/instances/ABC~00000007.dcm"])
        #expect(place.instances() == ["abc.dcm": "abc", "ABC~00000007.dcm": "ABC"])
        try await expectHeld(["abc", "ABC"], by: place.sink())
        // Saved again, each stays where it is.
        try await place.sink().runSaving("ABC", as: "ABC")
        try await place.sink().runSaving("abc", as: "abc")
        #expect(place.instances() == ["abc.dcm": "abc", "ABC~00000007.dcm": "ABC"])
        // With the plain one gone, the marked one is still found, and the plain name is free for its owner only.
        try FileManager.default.removeItem(atPath: place.folder["out/1.2.3/4.5.6/instances/abc.dcm"])
        try await expectHeld(["ABC"], by: place.sink())
        #expect(try await place.sink().inventory(of: plan([planned("abc", 3)])).isEmpty)
        #expect(try loggedEntries(place.folder.text("out/log.json")) == ["1.2.3/4.5.6/ABC", "1.2.3/4.5.6/abc"])
        let other = SeriesID(study: "1.2.3", series: "9")
        try await place.sink().runSaving("x", as: "x", of: other)
        #expect(try loggedEntries(place.folder.text("out/log.json")) == ["1.2.3/4.5.6/ABC", "1.2.3/9/x"])
    }

    @Test("Instances that no plan shows, saved side by side, do not meet", arguments: Disk.possible)
    func sideBySide(_ disk: Disk) async throws {
        let place = try Place(disk)
        let sink = place.sink()
        let uids = (0..<32).map { variant in
            ["a", "b", "c", "d", "e"].enumerated().map { variant >> $0 & 1 == 1 ? $1.uppercased() : $1 }.joined()
        }
        try await sink.prepare(for: planOf([series]))
        await withTaskGroup(of: Void.self) { group in
            for uid in uids {
                group.addTask { await #expect(throws: Never.self) { try await sink.feed(bodies([uid])) } }
            }
        }
        try await sink.close()
        #expect(Set(place.instances().values) == Set(uids))
        try await expectHeld(uids, by: place.sink())
    }

    @Test("Series and studies of a plan that collide get folders of their own, and records too", arguments: Disk.possible)
    func folders(_ disk: Disk) async throws {
        let place = try Place(disk)
        let all = ["st/se", "st/SE", "ST/se", "St/1.2", "9/x"].map { name in
            let parts = name.split(separator: "/").map(String.init)
            return SeriesID(study: parts[0], series: parts[1])
        }
        let sink = place.sink()
        try await sink.prepare(for: planOf(all))
        for series in all {
            let result = try await sink.feed(bodies(["u", "\(series.study)-\(series.series)"], of: series), of: series)
            #expect(result.failures.isEmpty)
        }
        try await sink.close()
        let root = try OpenFile.folder(at: place.folder["out"])
        var found: [String] = []
        try root.forEachSeries { found.append("\($0)") }
        #expect(found.sorted() == all.map(\.description).sorted())
        found = []
        try root.forEachRecordedSeries { found.append("\($0)") }
        #expect(found.sorted() == all.map(\.description).sorted())
        let folders = ["9", "ST~00000003", "St~00000001", "st~00000000"]
        #expect(place.folder.names(in: "out").filter { ![".cod", "log.json"].contains($0) } == folders)
        #expect(place.folder.names(in: "out/st~00000000") == ["SE~00000003", "se~00000000"])
        #expect(place.folder.names(in: "out/ST~00000003") == ["se"])
        for series in all {
            let uids = ["u", "\(series.study)-\(series.series)"]
            try await expectHeld(uids, by: place.sink(), of: series)
            #expect(Set(SeriesRecords(of: series, in: root).instances) == Set(uids))
        }
        let entries = all.flatMap { series in ["\(series)/u", "\(series)/\(series.study)-\(series.series)"] }
        #expect(try loggedEntries(place.folder.text("out/log.json")) == entries.sorted())
    }

    @Test(
        "A study that an earlier run saved under a plain name keeps it; the other one is not taken for it",
        arguments: Disk.possible)
    func laterStudy(_ disk: Disk) async throws {
        let place = try Place(disk)
        let (first, second) = (SeriesID(study: "abc", series: "S"), SeriesID(study: "aBc", series: "s"))
        try await place.sink().runSaving("abc", as: "abc", of: first)
        #expect(try await place.sink().inventory(of: plan([planned("abc", 3)], of: second)).isEmpty)
        try await place.sink().runSaving("aBc", as: "aBc", of: second)
        #expect(place.instances(of: "abc/S") == ["abc.dcm": "abc"])
        // Where the disk really takes one for the other, the second folder cannot be made under its plain name.
        #expect(place.folder.exists("out/aBc~00000002/s/instances/aBc.dcm") == (disk == .real))
        try await expectHeld(["abc"], by: place.sink(), of: first)
        try await expectHeld(["aBc"], by: place.sink(), of: second)
        // A portion that saved nothing takes no folder away that is another one's.
        _ = try await place.sink().feed(
            [.begin(instance("x", 1, of: second)), .failed(CodError(.checksumMismatch, "No."))], of: second)
        try await expectHeld(["abc"], by: place.sink(), of: first)
    }

    @Test("Two runs at once, one for each of two studies that collide, do not share a folder", arguments: Disk.possible)
    func twoRuns(_ disk: Disk) async throws {
        let place = try Place(disk)
        let studies = ["abcd", "ABCD", "aBcD", "AbCd"]
        await withTaskGroup(of: Void.self) { group in
            for study in studies {
                let sink = place.sink()
                group.addTask {
                    let series = SeriesID(study: study, series: "s")
                    await #expect(throws: Never.self) { try await sink.runSaving(study, as: study, of: series) }
                }
            }
        }
        for study in studies { try await expectHeld([study], by: place.sink(), of: SeriesID(study: study, series: "s")) }
        #expect(try loggedEntries(place.folder.text("out/log.json")).count == 4)
    }

    @Test("A folder that was saved on such a disk and copied to one that heeds case is read and gone on with")
    func copied() async throws {
        let place = try Place(.pretended)
        let (first, second) = (SeriesID(study: "st", series: "s"), SeriesID(study: "ST", series: "s"))
        let sink = place.sink()
        try await sink.prepare(for: planOf([first, second]))
        for series in [first, second] { try await sink.feed(bodies([series.study], of: series), of: series) }
        try await sink.close()
        let heeding = DirectorySink(at: place.folder["out"])
        try await expectHeld(["st"], by: heeding, of: first)
        try await heeding.runSaving("new", as: "new", of: second)
        try await expectHeld(["ST", "new"], by: heeding, of: second)
        #expect(place.folder.names(in: "out").sorted() == [".cod", "ST~00000003", "log.json", "st~00000000"])
    }

    @Test("On a disk that heeds case every name is plain", .enabled(if: !Self.ignoresCaseHere))
    func heeding() async throws {
        let folder = try TemporaryFolder()
        let sink = DirectorySink(at: folder["out"])
        for name in ["abc", "abC", "ABC"] {
            try await sink.runSaving(name, as: name, of: SeriesID(study: name, series: name))
            try await sink.runSaving(name, as: name, of: SeriesID(study: "st", series: "se"))
        }
        #expect(folder.names(in: "out") == [".cod", "ABC", "abC", "abc", "log.json", "st"])
        #expect(folder.names(in: "out/st/se/instances") == ["ABC.dcm", "abC.dcm", "abc.dcm"])
        #expect(folder.names(in: "out/.cod/records") == ["ABC", "abC", "abc", "st"])
    }

    private static let ignoresCaseHere: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        try? folder.put("", at: "a")
        return folder.exists("A")
    }()
}

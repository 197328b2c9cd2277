import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodSink

@Suite("What is saved already")
struct InventoryTests {
    let folder: TemporaryFolder
    let sink: DirectorySink

    init() throws {
        folder = try TemporaryFolder()
        sink = DirectorySink(at: folder["out"])
    }

    @Test("Where there is no output folder there is nothing, and none is made")
    func noFolder() async throws {
        #expect(try await sink.inventory(of: plan([planned("7", 10)])).isEmpty)
        try await sink.close()
        #expect(folder.names(in: "") == [])
    }

    @Test("Where a file is in the way there is nothing")
    func fileInTheWay() async throws {
        try folder.put("x", at: "out")
        #expect(try await sink.inventory(of: plan([planned("7", 10)])).isEmpty)
    }

    @Test("An instance is held when its file has the metadata's size, whatever the log says")
    func sizes() async throws {
        for (uid, content) in [("right", "0123456789"), ("short", "012345678"), ("long", "0123456789a"), ("empty", "")] {
            try folder.put(content, at: "out/1.2.3/4.5.6/instances/\(uid).dcm")
        }
        try folder.put("0123456789", at: "out/1.2.3/4.5.6/instances/unasked.dcm")
        try folder.put("0123456789", at: "out/1.2.3/4.5.6/instances/nosuffix")
        try folder.makeFolder("out/1.2.3/4.5.6/instances/folder.dcm")
        try folder.put(#"{"logs": ["1.2.3/4.5.6/absent", "1.2.3/4.5.6/short"]}"#, at: "out/log.json")
        let before = folder.everything
        let held = try await sink.inventory(
            of: plan(
                ["absent", "short", "long", "right", "empty", "nosuffix", "folder"].map { planned($0, 10) } + [
                    planned("empty", 0)
                ]))
        #expect(held.map(\.instance.uid) == ["right", "empty"])
        #expect(held.map(\.isEarlier) == [true, true])
        #expect(held.first?.path == "1.2.3/4.5.6/instances/right.dcm")
        #expect(held.first?.root == folder["out"])
        #expect(held.first?.checksum == nil)
        #expect(folder.everything == before)
    }

    @Test("Instances that are not wanted are not counted")
    func unwanted() async throws {
        try folder.put("0123456789", at: "out/1.2.3/4.5.6/instances/7.dcm")
        #expect(try await sink.inventory(of: plan([PlannedInstance(uid: "7", byteCount: 10, isWanted: false)])).isEmpty)
    }

    @Test("Without a size in the metadata, an instance is held when it was noted with the size that its file has")
    func withoutSize() async throws {
        try await sink.runSaving("0123456789", as: "noted")
        try folder.put("0123456789", at: "out/1.2.3/4.5.6/instances/unnoted.dcm")
        let instances = [planned("noted", nil), planned("unnoted", nil)]
        let held = try await sink.inventory(of: plan(instances))
        #expect(held.map(\.instance.uid) == ["noted"])
        #expect(held.first?.instance.byteCount == 10)
        #expect(held.first?.checksum == checksum(of: "0123456789"))
        try folder.put("012345678", at: "out/1.2.3/4.5.6/instances/noted.dcm")
        #expect(try await sink.inventory(of: plan(instances)).isEmpty)
    }

    @Test("A noted checksum is answered, and tells whether the instance was verified")
    func notedChecksum() async throws {
        try await sink.runSaving("0123456789", as: "7")
        let sum = checksum(of: "0123456789")
        let held = try await sink.inventory(of: plan([planned("7", 10, checksum: sum)]))
        #expect(held.map(\.checksum) == [sum])
        #expect(held.map(\.isVerified) == [true])
    }

    @Test("A file whose noted checksum is not the metadata's is another version, and not held")
    func otherVersion() async throws {
        try await sink.runSaving("0123456789", as: "7")
        #expect(try await sink.inventory(of: plan([planned("7", 10, checksum: checksum(of: "abcdefghij"))])).isEmpty)
    }

    @Test("Without .cod the sizes of the files still count")
    func withoutRecords() async throws {
        try await sink.runSaving("0123456789", as: "7")
        try folder.put("", at: "out/.cod/records/1.2.3/4.5.6.txt")
        let held = try await sink.inventory(of: plan([planned("7", 10)]))
        #expect(held.map(\.checksum) == [nil])
    }

    @Test("Links in the way to the instances count for nothing", arguments: ["1.2.3", "1.2.3/4.5.6", "1.2.3/4.5.6/instances"])
    func links(_ place: String) async throws {
        for name in ["4.5.6/instances/7.dcm", "instances/7.dcm", "7.dcm"] {
            try folder.put("0123456789", at: "elsewhere/\(name)")
        }
        let parent = place.split(separator: "/").dropLast().joined(separator: "/")
        try folder.makeFolder("out/\(parent)")
        try folder.makeLink("out/\(place)", to: folder["elsewhere"])
        #expect(try await sink.inventory(of: plan([planned("7", 10)])).isEmpty)
    }

    @Test(
        "Of what is missing it is known in a run what there is a record of, also when its folder is gone",
        arguments: [true, false])
    func recorded(_ isFolderGone: Bool) async throws {
        try await sink.runSaving("0123456789", as: "7")
        let path = "out/1.2.3/4.5.6/instances/7.dcm"
        if isFolderGone {
            try FileManager.default.removeItem(atPath: folder["out/1.2.3"])
        } else {
            try folder.put("short", at: path)
        }
        let wanted = plan([planned("7", 10), planned("8", 10)])
        #expect(try await sink.inventory(of: wanted).isEmpty)
        #expect(!sink.state.isRecorded(instance("7")))
        try await sink.prepare(for: RetrievalPlan(studies: []))
        #expect(try await sink.inventory(of: wanted).isEmpty)
        #expect(sink.state.isRecorded(instance("7")))
        #expect(!sink.state.isRecorded(instance("8")))
        try await sink.feed(events("0123456789", of: instance("7")))
        try await sink.close()
        #expect(!sink.state.isRecorded(instance("7")))
        #expect(folder.text(path) == "0123456789")
    }

    @Test("Identifiers that are path tricks hold nothing")
    func pathTricks() async throws {
        try folder.put("0123456789", at: "4.5.6/instances/7.dcm")
        try folder.makeFolder("out")
        let trick = SeriesID(study: "..", series: "4.5.6")
        #expect(try await sink.inventory(of: plan([planned("7", 10)], of: trick)).isEmpty)
        #expect(try await sink.inventory(of: plan([planned("../../4.5.6/instances/7", 10)])).isEmpty)
    }
}

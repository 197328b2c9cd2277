import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("Who cannot fill a zip because another one does leaves nothing that somebody else would have to remove")
struct ZipLeftoverTests {
    private let folder: TemporaryFolder
    private let study: ZipStudy

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        var study = ZipStudy()
        study.add(ramp(3000), as: "1")
        study.add(ramp(4000), as: "2", in: "4.6")
        self.study = study
    }

    private var sink: ZipSink { ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true) }

    private var names: StudyZip.Names {
        get throws {
            let opened = try OpenFile.makingFolder(at: FilePath(folder["zips"]))
            return StudyZip.Names(folder: opened, folderPath: folder["zips"], study: "1.2.3")
        }
    }

    @Test("where the other one has just given the zip its name, and is about to remove the journal")
    func journal() throws {
        let names = try names
        let journal = try names.folder.openWriting(names.journalName)
        #expect(try journal.lock(waiting: false))
        let error = #expect(throws: CodError.self) { try StudyZip.open(names, modified: .earliest) }
        #expect(error?.message.contains("is filling") == true)
        #expect(folder.names(in: "zips") == [names.journalName])
        withExtendedLifetime(journal) {}
        // What holds anything is not removed.
        try folder.put("x", at: "zips/\(names.partialName)")
        _ = #expect(throws: CodError.self) { try StudyZip.open(names, modified: .earliest) }
        #expect(folder.names(in: "zips") == [names.journalName, names.partialName])
    }

    @Test("where it saved what the other one's zip holds, and its run ended before the study was finished")
    func saved() async throws {
        _ = try await study.retrieve(into: sink)
        let second = sink
        try await second.prepare(for: study.plan)
        let one = study.stored[0]
        let result = try await second.runPortion(of: one.id, one.events(chunkByteCount: 1000))
        #expect(result.instances.count == 1 && folder.names(in: "zips").count == 3)
        try await second.close()
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
    }

    @Test("and ends well where the finished zip has all that it wants")
    func kept() async throws {
        _ = try await study.retrieve(into: sink)
        var more = study
        more.add(ramp(500), as: "3")
        let first = sink
        try await first.prepare(for: more.plan)
        _ = try await first.runPortion(of: more.stored[2].id, more.stored[2].events(chunkByteCount: 1000))
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.fetched == [] && outcome.failure == nil && outcome.study.artifacts == [folder["zips/1.2.3.zip"]])
        let refused = await #expect(throws: CodError.self) { try await more.retrieve(into: sink) }
        #expect(refused?.message.contains("is filling") == true)
        try await first.close()
        #expect(try await more.retrieve(into: sink).fetched == [])
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
    }

    @Test("What the other one's zip does not hold stays, or holds in another version")
    func more() async throws {
        _ = try await study.retrieve(into: sink)
        for (bytes, uid) in [(ramp(500), "3"), (noise(3000), "1")] {
            var other = ZipStudy()
            other.add(bytes, as: uid)
            let second = sink
            try await second.prepare(for: other.plan)
            _ = try await second.runPortion(of: other.series[0], other.stored[0].events(chunkByteCount: 1000))
            try await second.close()
            #expect(folder.names(in: "zips").count == 3)
            #expect(try await other.retrieve(into: sink).fetched == [])
            #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        }
    }
}

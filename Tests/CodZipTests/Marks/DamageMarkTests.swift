import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("What a verification of a zip finds damaged is noted beside it")
struct DamageMarkTests {
    private let folder: TemporaryFolder
    private let zip: DamagedZip
    private let study: ZipStudy

    init() async throws {
        folder = try TemporaryFolder(inMemory: true)
        zip = DamagedZip(folder: folder)
        var study = ZipStudy()
        study.add([], as: "0")
        study.add(ramp(5000), as: "1")
        study.add(noise(4000), as: "2")
        study.add(ramp(300), as: "3", in: "4.6")
        self.study = study
        let sink = ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true)
        _ = try await study.retrieve(into: sink)
    }

    private let one = "4.5/instances/1.dcm"
    private let two = "4.5/instances/2.dcm"

    @Test("by name, and findings say what to do; again it is the same; nothing is beside a whole one")
    func noted() async throws {
        #expect(try await zip.verify().report.isWhole && zip.names == [zip.name])
        try zip.damage(one, two)
        for _ in 0..<2 {
            let (report, findings) = try await zip.verify()
            #expect(Set(findings.map(\.entry)) == [one, two] && report[.damaged] == 2)
            #expect(findings.allSatisfy { $0.recovery?.hasPrefix("Run the command that made the zip again") == true })
            #expect(try zip.marked() == [one, two] && zip.names == [".\(zip.name).damaged", zip.name])
        }
        let before = try Data(contentsOf: URL(filePath: zip.mark))
        _ = try await zip.verify()
        #expect(try Data(contentsOf: URL(filePath: zip.mark)) == before)
    }

    @Test("until it is whole again, whatever is there of it")
    func mended() async throws {
        let whole = try zip.bytes()
        try zip.damage(one, two)
        _ = try await zip.verify()
        try zip.write(whole)
        try zip.damage(two)
        _ = try await zip.verify()
        #expect(try zip.marked() == [two])
        try zip.write(whole)
        #expect(try await zip.verify().report.isWhole && zip.names == [zip.name])
    }

    @Test("and what is whole again in a zip of the same time is noted no more")
    func sameTime() async throws {
        let whole = try zip.bytes()
        let date = Date(timeIntervalSince1970: 1_700_000_000)
        func setDate() throws { try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: zip.path) }
        try zip.damage(one, two)
        try setDate()
        _ = try await zip.verify()
        #expect(try zip.marked() == [one, two])
        try zip.write(whole)
        try zip.damage(two)
        try setDate()
        _ = try await zip.verify()
        #expect(try zip.marked() == [two])
    }

    @Test("A mark that was torn off at any byte is put right by the next verification")
    func torn() async throws {
        try zip.damage(one, two)
        _ = try await zip.verify()
        let mark = try Data(contentsOf: URL(filePath: zip.mark))
        for cut in 0...mark.count {
            try mark.prefix(cut).write(to: URL(filePath: zip.mark))
            _ = try await zip.verify()
            #expect(try zip.marked() == [one, two], "torn off at byte \(cut)")
        }
    }

    @Test("A verification that is stopped leaves noted what had been, and what it found")
    func stopped() async throws {
        try zip.damage(one)
        _ = try await zip.verify()
        let path = zip.path
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ZipVerification(of: path).run()
        }
        switch await task.result {
        case .success(let report): #expect(report.isInterrupted)
        case .failure(let error): #expect(error is CancellationError)
        }
        #expect(try zip.marked() == [one])
    }

    @Test("Where it cannot be written the finding says so", arguments: ["something in its place", "a link", "no study's name"])
    func unnoted(why: String) async throws {
        try zip.damage(one)
        var verified = zip.path
        switch why {
        case "something in its place":
            try FileManager.default.createDirectory(atPath: zip.mark, withIntermediateDirectories: true)
        case "a link":
            verified = folder["zips/1.2.4.zip"]
            try folder.makeLink("zips/1.2.4.zip", to: zip.path)
        default:
            verified = folder["zips/the study.zip"]
            try FileManager.default.moveItem(atPath: zip.path, toPath: verified)
        }
        let before = zip.names
        let (report, findings) = try await ZipVerification(of: verified).all()
        #expect(report[.damaged] == 1 && zip.names == before)
        let recovery = try #require(findings.first?.recovery)
        #expect(recovery.hasSuffix("Delete the zip, and run the command that made it again."))
        switch why {
        case "something in its place": #expect(recovery.hasPrefix("That could not be noted beside the zip (File exists). "))
        case "a link": #expect(recovery.hasPrefix("That could not be noted beside the zip (a link leads to it). "))
        default: #expect(recovery.hasPrefix("Delete"))
        }
    }

    @Test("Another zip that took the name while it was verified is not noted, nor is its own mark touched")
    func replaced() throws {
        let opened = try OpenFile.folder(at: folder["zips"])
        func notes() throws -> DamageNotes {
            let status = try #require(try opened.status(of: zip.name))
            return DamageNotes(beside: try #require(DamageNotes.Zip(at: zip.path, opened: status))) { [one, two] }
        }
        let before = try notes()
        try FileManager.default.moveItem(atPath: zip.path, toPath: folder["zips/old.zip"])
        try zip.write(Array(try Data(contentsOf: URL(filePath: folder["zips/old.zip"]))) + [0])
        #expect(before.note([one]) == "another file has its name now")
        #expect(zip.names == [zip.name, "old.zip"])
        #expect(try notes().note([two]) == nil)
        let whole = try notes()
        before.end(isComplete: true)
        #expect(try zip.marked() == [two])
        whole.end(isComplete: false)
        #expect(try zip.marked() == [two])
        whole.end(isComplete: true)
        #expect(zip.names == [zip.name, "old.zip"])
    }
}

import Foundation
import TestSupport
import Testing

@testable import CodCore
@testable import CodZip

@Suite("Before a run begins it is found out whether zips can be made")
struct StudyZipperPreparingTests {
    private static let plan = RetrievalPlan(studies: [StudyPlan(uid: "1.2.3", series: [])])

    @Test("The folder is made with those above it; asking for room makes nothing")
    func missingFolder() async throws {
        let files = try SavedFiles()
        let zipper = StudyZipper(into: files.folder["a/b/zips"])
        try await zipper.requireRoom(for: [ExpectedStudy(uid: "1.2.3", saved: [], missingByteCounts: [5], isSaved: false)])
        #expect(files.folder.everything.isEmpty)
        try await zipper.prepare(for: Self.plan)
        #expect(files.folder.everything == ["a", "a/b", "a/b/zips"])
    }

    @Test("What is in the way is named, by either call", arguments: ["zips", "zips/1.2.3.zip", "above"])
    func inTheWay(name: String) async throws {
        let files = try SavedFiles()
        if name.hasSuffix(".zip") { try files.folder.makeFolder(name) } else { try files.folder.put("x", at: name) }
        let folder = name == "above" ? "above/zips" : "zips"
        let zipper = StudyZipper(into: files.folder[folder])
        let expected: @Sendable (any Error) -> Bool = { error in
            let error = error as? CodError
            return error?.code == .outputUnusable && error?.reach == .job
                && error?.message.contains(files.folder[name == "above" ? folder : name]) == true
                && error?.recovery == "Move what is in the way, or choose another folder."
        }
        await #expect { try await zipper.prepare(for: Self.plan) } throws: { expected($0) }
        let study = ExpectedStudy(uid: "1.2.3", saved: [], missingByteCounts: [], isSaved: true)
        await #expect { try await zipper.requireRoom(for: [study]) } throws: { expected($0) }
    }

    @Test("An older zip, or a link, is not in the way")
    func notInTheWay() async throws {
        let files = try SavedFiles()
        try files.folder.put("x", at: "zips/1.2.3.zip")
        try await StudyZipper(into: files.folder["zips"]).prepare(for: Self.plan)
        try files.folder.makeFolder("links")
        try files.folder.makeLink("links/1.2.3.zip", to: "nowhere")
        try await StudyZipper(into: files.folder["links"]).prepare(for: Self.plan)
    }

    @Test("What dead processes left is removed; what a living one writes, and all else, stays")
    func sweeping() async throws {
        let files = try SavedFiles()
        let (dead, living) = (".1.2.3.zip.1f.partial", ".9.9.zip.2e.partial")
        let others = [".1.2.3.zip.partial", ".1.2.3.zip.journal", "1.2.3.zip.1f.partial", "photo.zip", ".x.zip.1f.partial.bak"]
        for name in [dead, living] + others { try files.folder.put("x", at: "zips/\(name)") }
        try files.folder.makeFolder("zips/.4.zip.1f.partial")
        let holder = try OpenFile.reading(at: files.folder["zips/\(living)"])
        try #require(try holder.lock(waiting: false))
        try await StudyZipper(into: files.folder["zips"]).prepare(for: Self.plan)
        let left = withExtendedLifetime(holder) { files.folder.names(in: "zips") }
        #expect(left == ([living, ".4.zip.1f.partial"] + others).sorted())
    }

    @Test("A file with a name for the meantime is locked as long as it is written")
    func locked() throws {
        let files = try SavedFiles()
        let folder = try OpenFile.folder(at: files.folder.path)
        let (file, name) = try ZipFile.createLocked("1.2.3.zip", in: folder)
        #expect(ZipFile.isTemporary(name))
        ZipFile.removeDead(in: folder)
        #expect(files.folder.everything == [name])
        try withExtendedLifetime(file) { try folder.removeFile(name) }
    }

    // MARK: Room

    private static func study(saved: [Int64] = [], missing: [Int64] = []) -> ExpectedStudy {
        let instances = saved.enumerated().map { number, byteCount in
            SavedInstance(
                instance: Instance(series: SeriesID(study: "1", series: "2"), uid: "\(number)", byteCount: byteCount), path: "x",
                root: "y")
        }
        return ExpectedStudy(uid: "1", saved: instances, missingByteCounts: missing, isSaved: missing.isEmpty)
    }

    @Test("Zips need room for all of their instances, and for what is saved on the same disk before")
    func room() {
        func problem(_ studies: [ExpectedStudy], besides: [Int64] = [], free: Int64?, files: Int64? = nil) -> ZipRoom.Problem? {
            let disk = FileSystemStatus(freeByteCount: free, blockByteCount: 4096, freeFileCount: files)
            return ZipRoom(of: studies, besides: besides, on: disk).problem
        }
        let study = Self.study(saved: [4096, 4096], missing: [4096])
        #expect(problem([study], free: 4 * 4096) == nil)
        #expect(problem([study], free: 4 * 4096 - 1) == .bytes(needed: 16384, besides: 0, free: 16383, zipCount: 1))
        #expect(problem([study], besides: [4096], free: 5 * 4096) == nil)
        #expect(problem([study], besides: [4096], free: 5 * 4096 - 1) != nil)
        #expect(problem([], besides: [.max], free: 0) == nil)
        #expect(problem([study], free: nil) == nil)
        #expect(problem([Self.study(missing: [.max, .max])], free: .max - 1) != nil)
        #expect(problem([study], besides: [.max], free: .max) != nil)
        #expect(problem([study], besides: [1], free: nil, files: 1) == .files(needed: 2, free: 1))
        let error = problem([study], besides: [4096], free: 1000)?.error(for: "zips")
        #expect(
            error?.message
                == "The disk of zips has 1.0 kB free; the zip may take 16 kB, and the instances to save, on the same disk, 4.1 kB."
        )
    }
}

import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodZip

@Suite("Names in and of a zip")
struct StudyZipperNameTests {
    private static func zipped(_ study: SavedStudy, into folder: String) async throws -> String? {
        try await StudyZipper(into: folder).run(study, in: StageContext()).artifacts.last
    }

    @Test(
        "are refused when they lead elsewhere", arguments: ["study", "series", "instance"], ["..", "../x", "a/b", "", "a\u{0}"])
    func traversal(place: String, name: String) async throws {
        let files = try SavedFiles()
        let id = SeriesID(study: place == "study" ? name : "1", series: place == "series" ? name : "2")
        let instance = Instance(series: id, uid: place == "instance" ? name : "3", byteCount: 1)
        let saved = SavedInstance(instance: instance, path: "1/2/instances/3.dcm", root: files.folder["out"])
        let study = SavedStudy(uid: id.study, series: [SavedSeries(id: id, instances: [saved])])
        await #expect {
            try await Self.zipped(study, into: files.folder["zips"])
        } throws: { CodError.Code.invalidIdentifier ~= $0 && ($0 as? CodError)?.reach == .study }
        #expect(files.folder.everything.isEmpty)
    }

    @Test("A zip has the mark that its study's folder has")
    func marked() async throws {
        var files = try SavedFiles(study: "abC")
        try files.add(ramp(100), as: "1")
        #expect(try await Self.zipped(files.study, into: files.folder["zips"])?.hasSuffix("/zips/abC.zip") == true)
        let old = files.study.series[0].instances[0]
        try FileManager.default.moveItem(atPath: files.folder["out/abC"], toPath: files.folder["out/abC~00000004"])
        files.study.series[0].instances = [
            SavedInstance(
                instance: old.instance, path: old.path.replacing("abC/", with: "abC~00000004/"), root: old.root,
                checksum: old.checksum)
        ]
        let path = try #require(try await Self.zipped(files.study, into: files.folder["zips"]))
        #expect(path.hasSuffix("/zips/abC~00000004.zip"))
        #expect(try files.unpacked(path).keys.sorted() == ["4.5/instances/1.dcm"])
    }

    @Test("Another study's zip, which a disk that ignores case takes for this one's, is known by its name")
    func otherCase() throws {
        #expect(ZippedStudy.otherName(than: "abC.zip", among: ["x.zip", "ABc.zip"]) == "ABc.zip")
        #expect(ZippedStudy.otherName(than: "abC.zip", among: ["ABc.zip", "abC.zip"]) == nil)
        #expect(ZippedStudy.otherName(than: "1.2.zip", among: ["1.2.zip"]) == nil)
        #expect(ZippedStudy.otherName(than: "1.2.zip", among: []) == nil)
    }

    @Test(
        "A folder is named without slashes at its end",
        arguments: [("a/", "a"), ("a//", "a"), ("/", "/"), ("", "."), ("a/b", "a/b")])
    func slashes(given: String, folder: String) {
        #expect(StudyZipper(into: given).folder == folder)
    }

    @Test("Two instances of one name are an error")
    func twice() async throws {
        var files = try SavedFiles()
        try files.add(ramp(100), as: "1")
        files.study.series.append(files.study.series[0])
        await #expect {
            try await Self.zipped(files.study, into: files.folder["zips"])
        } throws: { CodError.Code.duplicateEntry ~= $0 }
    }

    @Test(
        "A zip that is not finished is known by its name, and nothing else is taken for one",
        arguments: [
            (".1.2.zip.0.partial", true), (".1.2.zip.ffffffffffffffff.partial", true), (".abC~00000004.zip.1f.partial", true),
            (".1.2.zip.partial", false), (".1.2.zip.xyz.partial", false), (".1.2.zip.1ffffffffffffffff.partial", false),
            ("1.2.zip.1f.partial", false), (".1.2.zip.1f", false), (".zip.1f.partial", false), (".my file.zip.1f.partial", false),
            (".1.2.txt.1f.partial", false), (".1.2.zip.journal", false), (".x.zip.ab.zip.partial", false), ("1.2.zip", false),
        ])
    func temporary(name: String, isTemporary: Bool) {
        #expect(ZipFile.isTemporary(name) == isTemporary)
        #expect(ZipFile.isTemporary(ZipFile.temporaryName(for: "1.2.zip")))
    }
}

import CodCore
import TestSupport
import Testing

@testable import CodSink

@Suite("Walking through an output folder")
struct LayoutTests {
    let folder: TemporaryFolder
    let root: OpenFile

    init() throws {
        folder = try TemporaryFolder()
        root = try OpenFile.folder(at: folder.path)
    }

    @Test("Series are found by their folders; the tool's own folder, files and links are none")
    func series() throws {
        for name in ["1/2/instances/3.dcm", "1/4/instances/5.dcm", "6/7/x", ".cod/8/x", "log.json", "1/file", "a b/9/x"] {
            try folder.put("x", at: name)
        }
        try folder.makeLink("link", to: folder["1"])
        try folder.makeLink("1/link", to: folder["1/2"])
        var found: [String] = []
        try root.forEachSeries { found.append("\($0)") }
        #expect(found.sorted() == ["1/2", "1/4", "6/7"])
    }

    @Test("Series that have records are found by these, also when their files are gone")
    func recordedSeries() throws {
        var found: [String] = []
        try root.forEachRecordedSeries { found.append("\($0)") }
        #expect(found == [])
        for name in ["1/2.txt", "1/4.5.txt", "1/nosuffix", "1/folder.txt/x", "stray.txt", "1/.txt"] {
            try folder.put("x", at: ".cod/records/\(name)")
        }
        try root.forEachRecordedSeries { found.append("\($0)") }
        #expect(found.sorted() == ["1/2", "1/4.5"])
    }

    @Test("Instances are the regular files whose names are theirs")
    func instances() throws {
        for name in ["1.dcm", "2.dcm.part", "x y.dcm", ".dcm", "folder.dcm/x"] {
            try folder.put("abc", at: "1/2/instances/\(name)")
        }
        try folder.makeLink("1/2/instances/link.dcm", to: "1.dcm")
        var found: [String: Int64] = [:]
        try root.instancesFolder(of: SeriesID(study: "1", series: "2"))?.forEachInstance { found[$0] = $1 }
        #expect(found == ["1": 3])
    }

    @Test("The name of an instance's file and back", arguments: ["1.2.3", "a", "x.dcm"])
    func names(_ uid: String) {
        #expect(OutputLayout.instance(ofFileNamed: OutputLayout.fileName(of: uid)) == uid)
    }
}

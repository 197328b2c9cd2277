import CodCore
import TestSupport
import Testing

@testable import CodSink

@Suite("Records tell where the files of a layout are")
struct PathRecordTests {
    private let series = SeriesID(study: "1.2", series: "3")
    private let folder: TemporaryFolder
    private let root: OpenFile

    init() throws {
        folder = try TemporaryFolder()
        root = try OpenFile.folder(at: folder.path)
    }

    private static let records = [
        "a/b.dcm", "a b/c  d%20.dcm", "%/%25.dcm", "患者/\u{301}x.dcm", "ൎ/ൎ.dcm", "x.dcm",
    ].enumerated().map { number, path in
        SeriesRecords.Record(
            uid: "\(number)", byteCount: 4, checksum: CRC32C(9), isVerified: number.isMultiple(of: 2), isDamaged: number == 1,
            archiveChecksum: number == 4 ? CRC32C(3) : nil, path: path)
    }

    @Test("Every path comes back as it was, byte by byte")
    func roundTrip() throws {
        try SeriesRecords.append(Self.records, to: series, in: root.makingFolder(".cod"))
        let read = SeriesRecords(of: series, in: root)
        for record in Self.records {
            let path = try #require(read[instance: record.uid]?.path)
            #expect(path.utf8.elementsEqual(record.path?.utf8 ?? "".utf8))
            #expect(read[instance: record.uid] == record)
        }
    }

    @Test("A line that was torn off anywhere is no record")
    func torn() {
        let text = Array(RecordLines.text(of: .instance(Self.records[1])).utf8.dropLast())
        for count in 0..<text.count {
            var lines = RecordLines()
            var found: [RecordLines.Line] = []
            lines.push(ByteChunk(text.prefix(count) + [UInt8(ascii: "\n")])) { found.append($0) }
            #expect(found.isEmpty, "\(count)")
        }
    }

    @Test(
        "A path that leads elsewhere is no record",
        arguments: ["../x", "/x", "a//b", "a/../b", "a/.", "", ".cod/x", ".COD/layout", "a\u{1}b", "a/%2"])
    func hostile(_ path: String) {
        let escaped = path == "a/%2" ? path : path.replacing("%", with: "%25")
        var lines = RecordLines()
        var found: [RecordLines.Line] = []
        lines.push(ByteChunk("7 4 00000009 at:\(escaped) verified\n".utf8)) { found.append($0) }
        #expect(found.isEmpty)
    }

    @Test("Another instance's path is not free, also in other letters; a path that two claim is nobody's")
    func owners() throws {
        let record = SeriesRecords.Record(uid: "7", byteCount: 4, checksum: nil, isVerified: false, path: "A/b.dcm")
        try SeriesRecords.append([record], to: series, in: root.makingFolder(".cod"))
        var owners = try PathOwners(in: root)
        #expect(!owners.isOthers("A/b.dcm", than: "7", in: series) && !owners.isOthers("A/c.dcm", than: "8", in: series))
        #expect(owners.isOthers("a/B.dcm", than: "8", in: series))
        #expect(owners.isOthers("A/b.dcm", than: "7", in: SeriesID(study: "1.2", series: "4")))
        owners.add("a/b.dcm", of: "8", in: series)
        #expect(owners.isOthers("A/b.dcm", than: "7", in: series) && owners.isOthers("A/b.dcm", than: "8", in: series))
    }

    @Test("A folder says which layout its files have")
    func notes() throws {
        let named = try #require(try FileLayout(parsing: "named"))
        #expect(LayoutNote(of: root) == .none)
        try folder.put("{}", at: "log.json")
        #expect(LayoutNote(of: root) == .standard)
        try folder.put("path\r\n", at: "files.csv")
        #expect(LayoutNote(of: root) == .forgotten)
        #expect(try LayoutNote.forgotten.layout(continuing: "out", with: named) == named)
        let error = #expect(throws: CodError.self) { _ = try LayoutNote.forgotten.layout(continuing: "out", with: nil) }
        #expect(error?.code == .outputUnusable && error?.message.contains("out/files.csv") == true)
        try folder.put("x", at: ".cod/records/1/2.txt")
        #expect(LayoutNote(of: root) == .standard)
        for text in ["x\n", "named", "cod\n", "", "{Modality\n", "../{Modality}\n"] {
            try folder.put(text, at: ".cod/layout")
            #expect(LayoutNote(of: root) == .unreadable, "\(text)")
        }
        try folder.put("named\n", at: ".cod/layout")
        #expect(LayoutNote(of: root) == .template(named))
        #expect(try LayoutNote.template(named).layout(continuing: "out", with: named) == named)
        for (note, wanted) in [(LayoutNote.template(named), nil), (.standard, named), (.unreadable, named)] {
            #expect(throws: CodError.self) { _ = try note.layout(continuing: "out", with: wanted) }
        }
    }

    @Test("A line of the table quotes what needs it")
    func table() {
        let record = SeriesRecords.Record(uid: "7", byteCount: 4, checksum: CRC32C(9), isVerified: false)
        #expect(InstanceTable.line("a/b.dcm", series, record) == "a/b.dcm,1.2,3,7,4,00000009\r\n")
        #expect(InstanceTable.line("a,b/\"c\".dcm", series, record) == "\"a,b/\"\"c\"\".dcm\",1.2,3,7,4,00000009\r\n")
    }
}

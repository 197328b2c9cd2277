import Testing

@testable import CodCore

@Suite("Names of entries")
struct EntryNameTests {
    @Test(
        "The identifier is the last component without .dcm",
        arguments: [
            ("instances/1.2.3.dcm", "1.2.3"), ("1.2.3", "1.2.3"), ("a/b/c.dcm", "c"), ("a.dcm.dcm", "a.dcm"), ("a/", ""),
            ("", ""),
            (".dcm", ""), ("a/.dcm", ""), ("./x.dcm", "x"), ("x.DCM", "x.DCM"),
        ])
    func uid(name: String, uid: String) {
        #expect(EntryName.uid(of: name) == uid)
    }

    @Test(
        "Names that lead elsewhere are dangers",
        arguments: [
            "../x", "a/../x", "a/..", "..", "/x", "//x", "a\\b", "..\\x", "C:x", "c:\\x", "a\0b", "a\nb", "a\u{1B}[2J", "a\u{7F}",
            "\r",
        ])
    func dangers(name: String) {
        #expect(EntryName.danger(in: ArchiveEntry(name: name, kind: .file, byteCount: 0, offset: 0)) != nil)
    }

    @Test(
        "Names that stay where they are told are none", arguments: ["x", "a/b.dcm", "..x", "x..", "a/..b/c", "...", "a//b", "é"])
    func harmless(name: String) {
        #expect(EntryName.danger(in: ArchiveEntry(name: name, kind: .file, byteCount: 0, offset: 0)) == nil)
    }

    @Test("A printable name holds no control characters and is short")
    func printable() {
        #expect(EntryName.printable("a\u{1B}[31m\n\u{9B}é") == "\"a\\u{1b}[31m\\u{a}\\u{9b}é\"")
        #expect(EntryName.printable(String(repeating: "x", count: 100)).count == 83)
    }
}

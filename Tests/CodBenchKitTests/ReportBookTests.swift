import CodBenchKit
import Testing

@Suite("Results of several runs")
struct ReportBookTests {
    @Test("A newer result takes the place of an older one of its key, in the order of the catalogue; others stay")
    func merging() {
        var book = ReportBook([report("gone", commit: "old"), report("b", commit: "old"), report("a", commit: "old")])
        book.merge([report("c", commit: "new"), report("a", commit: "new")], order: ["a", "b", "c"])
        #expect(book.reports.map(\.key) == ["a", "b", "c", "gone"])
        #expect(book.reports.map(\.stamp.commit) == ["new", "old", "new", "old"])
    }

    @Test("Results on two file systems stand beside each other, under names that tell them apart")
    func fileSystems() {
        var book = ReportBook([report("a", commit: "old"), report("b")])
        book.merge([report("a", commit: "disk", fileSystem: "ext4")], order: ["a", "b"])
        book.merge([report("a", commit: "new")], order: ["a", "b"])
        #expect(book.reports.map(\.stamp.commit) == ["new", "disk", "abc1234"])
        #expect(book.reports.map(book.name) == ["a on tmpfs", "a on ext4", "b"])
    }

    @Test("What was written can be read, and is written the same again")
    func roundTrip() throws {
        let book = ReportBook([
            report(
                "a", rows: [row("cod", .ours, wall: [1.5, 2]), row("tar x", .peer, wall: [3, 4])],
                goals: [.wallOfFastestPeer(atMost: 0.9)], figures: [Figure("bytes", 1 << 40, .bytes)])
        ])
        let json = try book.json()
        let read = try ReportBook(json: json.utf8)
        #expect(read == book)
        #expect(try read.json() == json)
        #expect(json.hasSuffix("}\n"))
    }

    @Test("Neither another schema nor a file cut short is taken for results", arguments: [0, 1, 20])
    func foreign(cut: Int) throws {
        let json = try ReportBook([report("a")]).json()
        let changed = json.replacing("\"schema\" : 1", with: "\"schema\" : 2")
        #expect(changed != json)
        #expect(throws: (any Error).self) { try ReportBook(json: cut == 0 ? Array(changed.utf8) : Array(json.utf8.prefix(cut))) }
    }
}

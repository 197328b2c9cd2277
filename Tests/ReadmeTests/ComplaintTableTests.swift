import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Documentation/Complaints.md answers every complaint, with its sources and with tests that are there")
struct ComplaintTableTests {
    private struct Row {
        let number: Int
        /// The complaint with its sources, what is done about it, and the tests, as they stand there.
        let cells: [String]

        /// The tests, as `[Suite](path): display name`.
        var tests: [String] { (cells.last ?? "").components(separatedBy: "<br>") }
    }

    private static func rows() throws -> [Row] {
        try ReadmeTests.text("Documentation/Complaints.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { String($0.wholeMatch(of: /(?: *)(.*?)(?: *)/)?.1 ?? $0) }
            return cells.first.flatMap { Int($0) }.map { Row(number: $0, cells: Array(cells.dropFirst())) }
        }
    }

    @Test("All 25 rows are there, each once, in order and with all its cells")
    func complete() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.number) == Array(1...25))
        for row in rows {
            #expect(row.cells.count == 3 && row.cells.allSatisfy { !$0.isEmpty }, "row \(row.number)")
        }
    }

    @Test("Each complaint has a source, and each source leads to the thread that it names", arguments: 1...25)
    func sources(number: Int) throws {
        let row = try #require(try Self.rows().first { $0.number == number })
        let links = row.cells[0].matches(of: /\[([^\]]+)\]\(([^)]+)\)/)
        #expect(!links.isEmpty)
        for link in links {
            let name = try #require(link.1.wholeMatch(of: /([\w.-]+\/[\w.-]+)#(\d+)/), "\(link.1)")
            let addresses = ["issues", "pull"].map { "https://github.com/\(name.1)/\($0)/\(name.2)" }
            #expect(addresses.contains(String(link.2)), "\(link.0)")
        }
    }

    @Test("Each test is in the file that is named, under the name that is given", arguments: 1...25)
    func tested(number: Int) throws {
        let row = try #require(try Self.rows().first { $0.number == number })
        for test in row.tests {
            let link = try #require(test.wholeMatch(of: /\[(\w+)\]\(\.\.\/(Tests\/[\w\/+]+\.swift)\): (.+)/), "\(test)")
            let (suite, path, name) = (link.1, String(link.2), String(link.3))
            #expect(path.hasSuffix("/\(suite).swift"), "\(test)")
            let source = try ReadmeTests.text(path)
            #expect(source.contains("struct \(suite)"), "\(test)")
            let names = source.matches(of: /@Test\(\s*"((?:[^"\\\n]|\\.)*)"/).map { String($0.1).replacing("\\\"", with: "\"") }
            #expect(names.contains(name), "No test of \(path) is called “\(name)”.")
        }
    }
}

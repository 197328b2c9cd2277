import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Documentation/Faults.md names every fault, and every fault has a test")
struct FaultTableTests {
    private struct Row {
        let number: Int
        /// The fault, what is done about it, and the tests, as they stand there.
        let cells: [String]

        /// The display names of its tests, or what they begin with.
        var tests: [String] { (cells.last ?? "").components(separatedBy: "<br>") }
    }

    private static func rows() throws -> [Row] {
        try ReadmeTests.text("Documentation/Faults.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimming(while: { $0 == " " }) }
            return cells.first.flatMap { Int($0) }.map { Row(number: $0, cells: Array(cells.dropFirst())) }
        }
    }

    /// The display names of all tests that begin with a fault.
    private static func displayNames() throws -> Set<String> {
        let folder = "\(ReadmeTests.root)/Tests"
        var names = Set<String>()
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".swift") {
            let source = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
            for match in source.matches(of: /@Test\(\s*"(fault [0-9]+: (?:[^"\\\n]|\\.)*)"/) {
                names.insert(String(match.1).replacing("\\\"", with: "\""))
            }
        }
        return names
    }

    @Test("All 58 rows are there, each once and with all its cells")
    func complete() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.number).sorted() == Array(1...58))
        for row in rows {
            #expect(row.cells.count == 3 && row.cells.allSatisfy { !$0.isEmpty }, "row \(row.number)")
        }
    }

    @Test("A row's tests are there under the names that it gives", arguments: 1...58)
    func tested(number: Int) throws {
        let row = try #require(try Self.rows().first { $0.number == number })
        let names = try Self.displayNames()
        for test in row.tests {
            #expect(test == "fault \(number)" || test.hasPrefix("fault \(number): "), "\(test)")
            #expect(names.contains { $0 == test || $0.hasPrefix("\(test): ") }, "No test is called “\(test)”.")
        }
    }

    @Test("No test names a fault that the table does not have, and where it lists names it lists all")
    func listed() throws {
        let tests = try Self.rows().flatMap(\.tests)
        for name in try Self.displayNames() {
            #expect(tests.contains { name == $0 || name.hasPrefix("\($0): ") }, "“\(name)” is not in the table.")
        }
    }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> String {
        let start = drop(while: isTrimmed)
        return String(start.reversed().drop(while: isTrimmed).reversed())
    }
}

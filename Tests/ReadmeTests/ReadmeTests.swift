import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The examples of the README and of articles are the ones that compile")
struct ReadmeTests {
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }

    /// The lines of a compiled file between `// begin` and `// end`, without their common indentation.
    static func example(_ name: String, in folder: String = "Examples") throws -> String {
        let lines = try text("Tests/ReadmeTests/\(folder)/\(name).swift").split(
            separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0.hasSuffix("// begin") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// end") })
        let indentation = lines[begin].prefix { $0 == " " }.count
        return lines[(begin + 1)..<end].map { $0.dropFirst(min(indentation, $0.count)) + "\n" }.joined()
    }

    /// The paths of a folder's files that end so, from the repository's root.
    static func files(in folder: String, endingIn suffix: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").filter { $0.hasSuffix(suffix) }.sorted()
            .map { "\(folder)/\($0)" }
    }

    /// The articles of all documentation catalogs.
    static func articles() throws -> [String] {
        try (files(in: "Sources", endingIn: ".md") + files(in: "Plugins", endingIn: ".md")).filter { $0.contains(".docc/") }
    }

    @Test("Each example stands where it is shown as it is compiled, and all Swift that is shown is an example")
    func examples() throws {
        for document in try Self.articles() + ["README.md", "Documentation/Zip.md"] {
            let text = try Self.text(document)
            var rest = text[...]
            var shownCount = 0
            while let mark = rest.firstMatch(of: /<!-- example: (\w+) -->\n/) {
                shownCount += 1
                let example = try Self.example(String(mark.1))
                #expect(!example.isEmpty)
                rest = rest[mark.range.upperBound...]
                #expect(rest.hasPrefix("```swift\n\(example)```"), "\(mark.1) in \(document)")
            }
            #expect(text.components(separatedBy: "```swift").count - 1 == shownCount, "\(document)")
        }
    }

    @Test("Each example is shown")
    func shown() throws {
        let text = try (Self.articles() + ["README.md", "Documentation/Zip.md"]).map(Self.text).joined()
        for path in try Self.files(in: "Tests/ReadmeTests/Examples", endingIn: ".swift") {
            let name = path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
            #expect(text.contains("<!-- example: \(name) -->"), "\(name)")
        }
    }

    @Test("The README is read in a few minutes")
    func length() throws {
        #expect(try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count < 150)
    }

    @Test("The README shows three examples of Swift")
    func complete() throws {
        #expect(try Self.text("README.md").components(separatedBy: "```swift").count - 1 == 3)
    }

    @Test("A stage and a sink of one's own take fewer than 15 lines", arguments: ["OwnStage", "OwnSink"])
    func short(name: String) throws {
        #expect(try Self.example(name).split(separator: "\n").count < 15)
    }
}

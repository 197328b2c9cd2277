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

    /// The lines between `// begin` and `// end`, without their common indentation.
    static func example(_ name: String) throws -> String {
        let lines = try text("Tests/ReadmeTests/Examples/\(name).swift").split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0.hasSuffix("// begin") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// end") })
        let indentation = lines[begin].prefix { $0 == " " }.count
        return lines[(begin + 1)..<end].map { $0.dropFirst(min(indentation, $0.count)) + "\n" }.joined()
    }

    @Test(
        "Each example stands where it is shown as it is compiled",
        arguments: [
            ("Compose", "README.md"), ("OwnStage", "README.md"), ("CodRetrieve", "README.md"), ("Zip", "Documentation/Zip.md"),
            ("OwnSink", "Sources/CodCore/CodCore.docc/WritingAStage.md"),
        ])
    func examples(name: String, document: String) throws {
        let example = try Self.example(name)
        #expect(!example.isEmpty)
        #expect(try Self.text(document).contains("<!-- example: \(name) -->\n```swift\n\(example)```"))
    }

    @Test("The README is read in a few minutes")
    func length() throws {
        #expect(try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count < 150)
    }

    @Test("No other Swift stands in the README")
    func complete() throws {
        #expect(try Self.text("README.md").components(separatedBy: "```swift").count - 1 == 3)
    }

    @Test("A stage and a sink of one's own take fewer than 15 lines", arguments: ["OwnStage", "OwnSink"])
    func short(name: String) throws {
        #expect(try Self.example(name).split(separator: "\n").count < 15)
    }
}

import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The README's examples are the ones that compile")
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
        "Each example stands in the README as it is compiled",
        arguments: ["Compose", "Zip", "OwnStage", "OwnSink", "CodRetrieve"])
    func examples(name: String) throws {
        let readme = try Self.text("README.md")
        let example = try Self.example(name)
        #expect(!example.isEmpty)
        #expect(readme.contains("<!-- example: \(name) -->\n```swift\n\(example)```"))
    }

    @Test("No other Swift stands in the README")
    func complete() throws {
        #expect(try Self.text("README.md").components(separatedBy: "```swift").count - 1 == 5)
    }

    @Test("A stage and a sink of one's own take fewer than 15 lines", arguments: ["OwnStage", "OwnSink"])
    func short(name: String) throws {
        #expect(try Self.example(name).split(separator: "\n").count < 15)
    }
}

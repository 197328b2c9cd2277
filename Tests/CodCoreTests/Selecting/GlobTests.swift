import Testing

@testable import CodCore

@Suite("Patterns for texts")
struct GlobTests {
    @Test(
        "A pattern takes all of a text, in any case",
        arguments: [
            ("CT", "ct", true), ("CT", "CTA", false), ("CT", "ACT", false), ("*", "", true), ("*", "anything", true),
            ("?", "a", true), ("?", "", false), ("?", "ab", false), ("a*", "a", true), ("*a", "ba", true), ("*a", "ab", false),
            ("*lung*", "Chest Lung 1.0 mm", true), ("*lung*", "Chest", false), ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false), ("a**b", "ab", true), ("a?c", "abc", true), ("a?c", "ac", false),
            ("[abc]", "b", true), ("[abc]", "d", false), ("[a-c]x", "BX", true), ("[!a-c]", "d", true), ("[^a-c]", "a", false),
            ("[]]", "]", true), ("[]a]", "a", true), ("[a-]", "-", true), ("[\\]]", "]", true), ("[!]]", "a", true),
            ("\\*", "*", true), ("\\*", "a", false), ("\\[a]", "[a]", true), ("a\\\\b", "a\\b", true), ("1.2", "1x2", false),
            ("é*", "\u{65}\u{301}cho", true), ("ÜBER*", "übersicht", true), ("日?", "日本", true), ("*x", "xxxxxxxxx", true),
        ])
    func matching(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try Glob(pattern).matches(text) == isMatch)
    }

    @Test(
        "What is no pattern says why",
        arguments: [
            ("", "empty"), ("[a", "not closed"), ("[]", "not closed"), ("a\\", "ends with \\"), ("[z-a]", "behind its end"),
        ])
    func invalid(pattern: String, word: String) throws {
        let error = try #require(throws: CodError.self) { try Glob(pattern) }
        #expect(error.code == .invalidSelection && error.message.contains(word), "\(error)")
        #expect(throws: CodError.self) { try Glob(String(repeating: "a", count: Glob.maximumCount + 1)) }
    }

    @Test("Many stars over a long text that does not match end soon: a step for each pair of places at most")
    func backtracking() throws {
        let pattern = String(repeating: "*a", count: 500)
        #expect(try !Glob(pattern).matches(String(repeating: "a", count: 499) + String(repeating: "b", count: 525)))
        #expect(try Glob(pattern).matches(String(repeating: "ba", count: 512)))
    }

    @Test("A pattern agrees with one that tries every way", arguments: 0..<200)
    func againstEveryWay(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let letters: [Character] = ["a", "b", "*", "?"]
        let pattern = (0..<Int.random(in: 1...7, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
        let glob = try Glob(String(pattern))
        for _ in 0..<20 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in Bool.random(using: &random) ? Character("a") : "b" }
            #expect(glob.matches(String(text)) == Self.matches(pattern[...], text[...]), "\(String(pattern)) \(String(text))")
        }
    }

    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" { return (0...text.count).contains { matches(pattern.dropFirst(), text.dropFirst($0)) } }
        guard let character = text.first, first == "?" || first == character else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }
}

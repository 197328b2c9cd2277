import CodTesting
import Testing

@testable import CodCLI

@Suite("TOML is read whole, or refused with its line")
struct TOMLTextTests {
    private static func values(_ text: String) throws -> [String: ConfigValue] {
        Dictionary(uniqueKeysWithValues: try TOMLText.parse(text).map { ($0.key.joined(separator: "/"), $0.value.value) })
    }

    private static let sample = """
        # a comment
        text = "a # b \\"c\\" \\u00e9 \\\\ é"
        literal = 'C:\\x'
        "number" = 16 # behind
        real = 30.5
        huge = 1e3
        hex = 0x1f
        yes = true
        no = false
        list = ["CT", 'MR', # one
          "US",
        ]
        day = 2026-01-31

        [profile.site-a]
        jobs = 1_000
        a.b = "c"
        [ profile . "b" ]
        """

    @Test("Every kind of value, tables, comments, keys with dots")
    func values() throws {
        #expect(
            try Self.values(Self.sample) == [
                "text": .text("a # b \"c\" é \\ é"), "literal": .text(#"C:\x"#), "number": .integer(16), "real": .number(30.5),
                "huge": .number(1000), "hex": .integer(31), "yes": .truth(true), "no": .truth(false),
                "list": .list([.text("CT"), .text("MR"), .text("US")]), "day": .text("2026-01-31"), "profile": .table,
                "profile/site-a": .table, "profile/site-a/jobs": .integer(1000), "profile/site-a/a": .table,
                "profile/site-a/a/b": .text("c"), "profile/b": .table,
            ])
        #expect(try Self.values("") == [:])
        #expect(try Self.values("\r\njobs = 1\r\n") == ["jobs": .integer(1)])
        #expect(try Self.values("jobs = 1") == ["jobs": .integer(1)])
        #expect(try TOMLText.parse(Self.sample)[["profile", "site-a", "jobs"]]?.line == 16)
    }

    @Test(
        "What is no TOML is refused with the line, and without a word of the text",
        arguments: [
            ("jobs = 16\n\"abc", 2), ("jobs", 1), ("jobs = \n", 1), ("x = 1\nx = 2\n", 2), ("a = \"\\u0000\"", 1),
            ("a = 1\nb = \"\0\"", 2), ("x = canary", 1), ("\n\n[[[", 3), ("[", 1), ("[]", 1), ("[[a]]", 1), ("[a", 1),
            ("= 1", 1), ("a = 1 2", 1), ("a = 1\u{0}", 1), ("a = [1,,2]", 1), ("a = [1\n2]", 2), ("a = [1", 1), ("a = [}]", 1),
            ("a = {x = 1}", 1), ("a = \"\"\"x\"\"\"", 1), ("a = 12:30:00", 1), ("a = 2026-01-31T12:00:00Z", 1), ("a = 01", 1),
            ("a = 1__0", 1), ("a = 0x", 1), ("a = nan", 1), ("a = 1e999", 1), ("a = 99999999999999999999", 1),
            ("a = \"\\q\"", 1), ("a = \"\\ud800\"", 1), ("a = \"\\u12", 1), ("a = \"\\", 1), ("a = 'x\ny'", 1), ("a. = 1", 1),
            ("[a]\nb = 1\n[a]\n", 3), ("a = 1\n[a]\n", 2), ("a = 1\na.b = 2", 2), ("# \u{7}", 1), ("a = 1\rb = 2", 1),
            (String(repeating: "[", count: 3000), 1), ("a = " + String(repeating: "[", count: 3000), 1),
            ("a = " + String(repeating: "{a=", count: 3000), 1), (String(repeating: "a.", count: 200_000) + "a = 1", 1),
            ("[" + String(repeating: "a.", count: 200_000) + "a]", 1),
        ])
    func refused(text: String, line: Int) {
        #expect {
            try TOMLText.parse(text)
        } throws: { error in
            let error = error as? TOMLText.SyntaxError
            return error?.line == line && error?.problem.contains("canary") == false
        }
    }

    @Test("Cut off anywhere, or damaged anywhere, a text is read or refused; nothing worse")
    func damaged() throws {
        let sample = Array(Self.sample.utf8)
        for count in sample.indices {
            _ = try? TOMLText.parse(String(decoding: sample[..<count], as: UTF8.self))
        }
        let letters = Array("[]{}=.,\"'#\\\n\r\t -_+:0xTeu\u{0}é~a1".utf8)
        var random = SplitMix64(seed: 7)
        var refusedCount = 0
        for _ in 0..<4000 {
            var bytes = sample
            for _ in 0...Int(random.next() % 6) {
                let position = Int(random.next() % UInt64(bytes.count))
                let letter = letters[Int(random.next() % UInt64(letters.count))]
                switch random.next() % 3 {
                case 0: bytes.remove(at: position)
                case 1: bytes.insert(letter, at: position)
                default: bytes[position] = letter
                }
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            do { _ = try TOMLText.parse(text) } catch { refusedCount += 1 }
        }
        #expect(refusedCount > 1000 && refusedCount < 4000)
    }
}

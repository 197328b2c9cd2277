import CodCore
import Testing

@Suite("Identifiers are checked before they become names")
struct UIDTextTests {
    @Test(
        "Dotted numbers and hashes are taken",
        arguments: [
            "1.2.840.113619.2.55.3.604688432", "a", "0", String(repeating: "f", count: 64), String(repeating: "x", count: 128),
            "A-b_c.9", ".hidden", "-rf", "1..2",
        ])
    func valid(uid: String) {
        #expect(UIDText.problem(with: uid) == nil)
    }

    @Test(
        "Path tricks, odd characters and overlong texts are not",
        arguments: [
            "", ".", "..", "...", "a/b", "/a", "a\\b", "../x", "a b", "a\0b", "a\nb", "é", "a:b", "%2e", "*",
            String(repeating: "1", count: 129),
            ".cod", ".COD", "log.json",
        ])
    func invalid(uid: String) {
        #expect(UIDText.problem(with: uid) != nil)
    }
}

import Testing

@testable import CodTransport

@Suite("A secret is taken out of texts that quote others")
struct SecretTests {
    @Test(
        "Whole, repeated, cut off at the end, at its own beginning",
        arguments: [
            ("", ""), ("nothing of it", "nothing of it"), ("SECRET-CANARY", "…"), ("a SECRET-CANARY b", "a … b"),
            ("SECRET-CANARYSECRET-CANARY", "……"), ("x SECRET-CA", "x …"), ("SECRET-", "SECRET-"), ("SSECRET-CANARY", "S…"),
        ])
    func concealed(text: String, shown: String) {
        #expect(Secret("SECRET-CANARY").concealed(in: text) == shown)
    }

    @Test("A short one goes where it is whole; an empty one is nowhere")
    func short() {
        #expect(Secret("abc").concealed(in: "ab abc") == "ab …")
        #expect(Secret("").concealed(in: "ab abc") == "ab abc")
    }
}

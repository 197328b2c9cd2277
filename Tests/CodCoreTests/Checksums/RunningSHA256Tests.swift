import CodCore
import Testing

@Suite("SHA-256 as sha256sum writes it")
struct RunningSHA256Tests {
    /// FIPS 180-2, appendix B, and the digest of nothing.
    @Test(
        "The published values",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func published(text: String, digest: String) {
        var whole = RunningSHA256()
        whole.update(ByteChunk(text.utf8))
        #expect(whole.hexDigest == digest)
        var pieces = RunningSHA256()
        for byte in text.utf8 { pieces.update(ByteChunk([byte])) }
        #expect(pieces.hexDigest == digest)
    }

    @Test("A digest may be asked for before the end")
    func inBetween() {
        var running = RunningSHA256()
        running.update(ByteChunk("a".utf8))
        let early = running.hexDigest
        running.update(ByteChunk("bc".utf8))
        #expect(running.hexDigest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(early.count == 64)
    }
}

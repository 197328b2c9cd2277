import CodCore
import CodTesting
import Foundation
import Logging
import Testing

@testable import CodTransport

@Suite("What may be told of credentials and connections, without a token")
struct ProbingTests {
    private static func jwt(_ claims: String) -> String {
        let middle = Data(claims.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-").replacing(
            "/", with: "_")
        return "e30.\(middle).c2ln"
    }

    @Test("A token that says when it ends is read; nothing is made of any other text")
    func expiry() {
        func expiry(_ text: String) -> Int64? { CredentialsFacts.expiry(inTokenText: text) }
        #expect(expiry(Self.jwt(#"{"exp": 1767225600}"#)) == 1_767_225_600)
        #expect(expiry(Self.jwt(#"{"exp": 1767225600.5, "sub": "??>>"}"#)) == 1_767_225_600)
        for claims in [#"{"exp": "x"}"#, #"{"exp": -1}"#, #"{"exp": 1e300}"#, "{}", "", "[1]"] {
            #expect(expiry(Self.jwt(claims)) == nil, "\(claims)")
        }
        for text in ["", "a", "..", "a.b.c", "ya29.abc", "a.b.c.d", ".é."] { #expect(expiry(text) == nil, "\(text)") }
    }

    @Test("Each kind of credentials is called by what the user gave")
    func origins() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/token"
        try "  canary  ".write(toFile: file, atomically: true, encoding: .utf8)
        for (credentials, word, isThere) in [
            (Anonymous(), "none", false), (FixedToken(Secret("canary"), from: "The token of the link"), "of the link", true),
            (TokenFile(file), file, true), (TokenCommand("echo canary"), "token command", true),
        ] as [(any Credentials, String, Bool)] {
            let facts = try await CredentialsFacts(credentials)
            #expect(facts.origin.contains(word) && facts.isTokenThere == isThere && facts.remaining == nil)
            #expect(!"\(facts)".contains("canary"))
        }
        await #expect(throws: CodError.self) { try await CredentialsFacts(TokenFile("/nonexistent/file")) }
    }

    @Test("An issued token's lifetime is counted down")
    func lifetime() {
        var keeper = TokenKeeper()
        #expect(keeper.expiry == nil)
        keeper.received(IssuedToken(secret: Secret("a"), lifetime: .seconds(3600)), at: .seconds(100))
        #expect(keeper.expiry == .seconds(3700))
        keeper.received(IssuedToken(secret: Secret("b"), lifetime: nil), at: .seconds(200))
        #expect(keeper.expiry == nil)
    }

    @Test("A look at TLS brings the version and the certificate, trusted or not")
    func tls() async throws {
        let authority = try TestAuthority()
        let store = try LoopbackStore(bucketName: "b", identity: authority.identity())
        let address = try await store.start()
        var options = GCSOptions()
        options.endpoint = try StorageEndpoint(parsing: address)
        options.proxies = ProxyRules.none
        options.credentials = Anonymous()
        options.retry = .never
        let probe = StoreProbe(GCSBucket(BucketDetails(bucket: "b"), options: options))
        let connection = try await probe.connect()
        #expect(connection.isConnected && connection.tlsVersion == "TLS 1.3" && connection.certificate?.isEmpty == false)
        await #expect {
            try await probe.greet()
        } throws: { error in
            (error as? CodError)?.code == .unreachable
        }
        #expect(try probe.endpoint().isSecure && probe.endpoint().isLoopback)
        #expect(try probe.way() == nil)
        await store.stop()
    }

    @Test("A name is resolved as connections resolve it, or the resolver's own words are told")
    func names() async throws {
        #expect(try await !Resolver.addresses(of: "localhost").isEmpty)
        #expect(try await Resolver.addresses(of: "127.0.0.1") == ["127.0.0.1"])
        await #expect {
            try await Resolver.addresses(of: "nonexistent.invalid")
        } throws: { error in
            (error as? CodError)?.code == .unreachable
        }
    }
}

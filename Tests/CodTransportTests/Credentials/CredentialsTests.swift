import CodCore
import Testing

@testable import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Credentials")
struct CredentialsTests {
    @Test(
        "A token is a run of visible characters; around it white space does not count",
        arguments: [("abc", "abc"), (" \n ya29.a-b_c/d+e== \r\n", "ya29.a-b_c/d+e=="), ("", nil), (" \n\t", nil)]
            as [(String, String?)])
    func tokens(text: String, token: String?) throws {
        #expect(try TokenText.read(text, from: "It")?.value == token)
    }

    @Test(
        "What would break the header is refused and not shown",
        arguments: ["CANARY\nX: y", "CANARY\r\nHost: evil", "CANARY b", "CANARY\u{0}", "CANARYé", "CANARY\u{7F}x"])
    func badTokens(text: String) {
        #expect {
            try TokenText.read(text, from: "It")
        } throws: { error in
            guard let error = error as? CodError else { return false }
            return error.code == .unauthorized && error.reach == .job && !"\(error)".contains("CANARY")
        }
    }

    @Test("The file comes before the environment, the environment before the link, and an empty one is none")
    func precedence() async throws {
        let file = try TemporaryFile("from-file")
        func token(file: String?, environment: [String: String], link: String?) async throws -> String? {
            try await CredentialsChoice.choose(tokenFile: file, environment: environment, link: link.map(Secret.init))
                .token()?.value
        }
        let environment = ["COD_TOKEN": "from-environment"]
        #expect(try await token(file: file.path, environment: environment, link: "from-link") == "from-file")
        #expect(try await token(file: nil, environment: environment, link: "from-link") == "from-environment")
        #expect(try await token(file: "", environment: ["COD_TOKEN": " "], link: "from-link") == "from-link")
        #expect(try await token(file: nil, environment: [:], link: "") == nil)
        #expect(try await token(file: nil, environment: [:], link: nil) == nil)
    }

    @Test("The bucket's own token is the default, and one that is given wins")
    func defaults() async throws {
        let bucket = BucketDetails(bucket: "b", token: "of-bucket")
        var options = GCSOptions()
        #expect(try await options.credentials(for: bucket).token()?.value == "of-bucket")
        options.credentials = Anonymous()
        #expect(try await options.credentials(for: bucket).token() == nil)
    }

    @Test("A token that is fixed cannot be replaced")
    func fixed() async throws {
        let token = FixedToken(Secret("a"))
        #expect(try await token.replacement(for: Secret("a")) == nil)
        #expect(try await Anonymous().replacement(for: nil) == nil)
    }

    @Test("A token file is read again after a refusal, and only then")
    func tokenFile() async throws {
        let file = try TemporaryFile(" one\n")
        let credentials = TokenFile(file.path)
        #expect(try await credentials.token()?.value == "one")
        try file.write("two")
        #expect(try await credentials.token()?.value == "one")
        #expect(try await credentials.replacement(for: Secret("one"))?.value == "two")
        #expect(try await credentials.token()?.value == "two")
        // A request that was sent with the first token is refused later: the second is not read anew.
        try file.write("three")
        #expect(try await credentials.replacement(for: Secret("one"))?.value == "two")
    }

    @Test("A token file that still holds the refused token gives no other")
    func unchangedTokenFile() async throws {
        let file = try TemporaryFile("one")
        let credentials = TokenFile(file.path)
        _ = try await credentials.token()
        #expect(try await credentials.replacement(for: Secret("one")) == nil)
    }

    @Test("Refusals that come together all get the new token")
    func singleFlight() async throws {
        let file = try TemporaryFile("one")
        let credentials = TokenFile(file.path)
        let first = try await credentials.token()
        try file.write("two")
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await credentials.replacement(for: first)?.value } }
            for try await token in group { #expect(token == "two") }
        }
    }

    @Test("A token file that is no good is named", arguments: ["", "  \n", "CANARY CANARY", "long"])
    func badTokenFile(content: String) async throws {
        let file = try TemporaryFile(content == "long" ? String(repeating: "CANARY", count: 20_000) : content)
        await #expect {
            try await TokenFile(file.path).token()
        } throws: { error in
            guard let error = error as? CodError else { return false }
            return error.code == .unauthorized && error.message.contains(file.path) && !"\(error)".contains("CANARY")
                && error.recovery != nil
        }
    }

    @Test("A token file that is not there is named, and read once it is")
    func missingTokenFile() async throws {
        let file = try TemporaryFile("one")
        let path = file.path + ".later"
        let credentials = TokenFile(path)
        await #expect {
            try await credentials.token()
        } throws: { ($0 as? CodError)?.message.contains(path) ?? false }
        try Data("two".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try await credentials.token()?.value == "two")
    }

    @Test("A secret does not show itself")
    func secrets() {
        #expect(!"\(Secret("CANARY"))".contains("CANARY"))
        #expect(!"\(FixedToken(Secret("CANARY")))".contains("CANARY"))
    }
}

/// A file that is gone with the value.
final class TemporaryFile {
    let path: String

    init(_ content: String) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)").path()
        try write(content)
    }

    func write(_ content: String) throws {
        try Data(content.utf8).write(to: URL(filePath: path))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

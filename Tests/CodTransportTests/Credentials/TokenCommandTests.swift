import CodCore
import Testing

@testable import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Tokens that a command prints")
struct TokenCommandTests {
    @Test("What it prints is the token, without the line's end; it is run once for all who ask, and again after a refusal")
    func tokens() async throws {
        let folder = try TemporaryFolder()
        let command = TokenCommand("echo run >> '\(folder.path)/runs'; echo token-$(wc -l < '\(folder.path)/runs' | tr -d ' ')")
        let tokens = try await withThrowingTaskGroup(of: Secret?.self) { group in
            for _ in 0..<10 { group.addTask { try await command.token() } }
            return try await group.reduce(into: []) { $0.append($1?.value) }
        }
        #expect(tokens == Array(repeating: "token-1", count: 10))
        #expect(try await command.token()?.value == "token-1")
        #expect(try await command.replacement(for: Secret("token-1"))?.value == "token-2")
        #expect(try await command.replacement(for: Secret("token-1"))?.value == "token-2")
        let same = TokenCommand("echo same")
        #expect(try await same.replacement(for: Secret("same")) == nil)
    }

    @Test(
        "One that fails, or prints no token, is told with what it said, and nothing of what it printed",
        arguments: [
            ("echo CANARY; echo first >&2; echo 'login needed' >&2; exit 3", "login needed"), ("true", "printed nothing"),
            ("echo 'CANARY two'", "no token has"), ("nowhere-4711", "nowhere-4711"), ("kill -9 $$", "failed"),
            ("head -c 100000 /dev/zero | tr '\\\\0' C", "The token command"),
        ])
    func failures(text: String, words: String) async throws {
        let error = await #expect(throws: CodError.self) { try await TokenCommand(text).token() }
        #expect(error?.code == .unauthorized && error?.reach == .job && error?.recovery != nil)
        #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
        #expect(!"\(String(describing: error))".contains("CANARY"))
    }

    @Test("One that does not end is ended")
    func endless() async throws {
        // Its time has passed when it begins.
        let timing = Timing(now: { .zero }, sleep: { _ in }, jitter: { 0 })
        let error = await #expect(throws: CodError.self) { try await TokenCommand("sleep 600", timing: timing).token() }
        #expect(error?.message.contains("printed no token for 60 seconds") == true)
    }

    @Test("A token that is there already is none of its business")
    func environment() async throws {
        #expect(try await TokenCommand("echo \"x${COD_TOKEN}x${PATH:+y}\"").token()?.value == "xxy")
    }
}

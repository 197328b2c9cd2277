import CodCore
import Logging
import Synchronization
import Testing

@testable import CodTransport

@Suite("Tokens of an issuer")
struct IssuedCredentialsTests {
    /// Issues `token-1`, `token-2` and so on, each when it is told to.
    private final class Issuer: TokenIssuer {
        private struct State {
            var askedCount = 0
            var waiting: [CheckedContinuation<IssuedToken, any Error>] = []
        }

        private let state = Mutex(State())
        private let asked: AsyncStream<Void>
        private let ask: AsyncStream<Void>.Continuation

        init() { (asked, ask) = AsyncStream<Void>.makeStream() }

        var askedCount: Int { state.withLock { $0.askedCount } }

        func issue() async throws -> IssuedToken {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    state.askedCount += 1
                    state.waiting.append(continuation)
                }
                ask.yield()
            }
        }

        /// Waits until it is asked, and answers.
        func answer(_ error: CodError? = nil) async {
            for await _ in asked { break }
            let (count, waiting) = state.withLock { state in (state.askedCount, state.waiting.removeFirst()) }
            if let error { return waiting.resume(throwing: error) }
            waiting.resume(returning: IssuedToken(secret: Secret("token-\(count)"), lifetime: .seconds(3600)))
        }
    }

    /// A time that passes when it is told to.
    private final class Clock: Sendable {
        let time = Mutex(Duration.zero)

        var timing: Timing { Timing(now: { self.time.withLock { $0 } }, sleep: { _ in }, jitter: { 0 }) }

        func pass(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    private let issuer = Issuer()
    private let clock = Clock()
    private let credentials: IssuedCredentials

    init() {
        credentials = IssuedCredentials(
            issuer, timing: clock.timing, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("However many ask at a time, the issuer is asked once", arguments: [1, 2, 50])
    func singleFlight(count: Int) async throws {
        async let answering: Void = issuer.answer()
        let tokens = try await withThrowingTaskGroup(of: Secret?.self) { group in
            for _ in 0..<count { group.addTask { [credentials] in try await credentials.token() } }
            return try await group.reduce(into: []) { $0.append($1?.value) }
        }
        await answering
        #expect(tokens == Array(repeating: "token-1", count: count) && issuer.askedCount == 1)
        #expect(try await credentials.token()?.value == "token-1" && issuer.askedCount == 1)
    }

    @Test("Ahead of its end it is renewed beside its use, and nobody waits")
    func ahead() async throws {
        async let first: Void = issuer.answer()
        #expect(try await credentials.token()?.value == "token-1")
        await first
        clock.pass(.seconds(3400))
        for _ in 0..<5 { #expect(try await credentials.token()?.value == "token-1") }
        await issuer.answer()
        // The refusal of the old one waits for the new one, wherever it is on its way.
        #expect(try await credentials.replacement(for: Secret("token-1"))?.value == "token-2")
        #expect(try await credentials.token()?.value == "token-2" && issuer.askedCount == 2)
    }

    @Test("A renewal ahead that fails costs nothing while the token is good; after its end it is told")
    func failing() async throws {
        let error = CodError(.unauthorized, "No.", reach: .job)
        async let first: Void = issuer.answer()
        _ = try await credentials.token()
        await first
        clock.pass(.seconds(3400))
        async let second: Void = issuer.answer(error)
        #expect(try await credentials.token()?.value == "token-1")
        await second
        clock.pass(.seconds(200))
        async let third: Void = issuer.answer(error)
        await #expect(throws: CodError.self) { try await credentials.token() }
        await third
    }

    @Test("Of many refusals of one token one asks for another; who comes later gets that")
    func refused() async throws {
        async let first: Void = issuer.answer()
        let old = try await credentials.token()
        await first
        async let second: Void = issuer.answer()
        let tokens = try await withThrowingTaskGroup(of: Secret?.self) { group in
            for _ in 0..<20 { group.addTask { [credentials] in try await credentials.replacement(for: old) } }
            return try await group.reduce(into: []) { $0.append($1?.value) }
        }
        await second
        #expect(Set(tokens) == ["token-2"] && issuer.askedCount == 2)
    }
}

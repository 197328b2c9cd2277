import CodCore
import Testing

@Suite("The retrier decides whether and when to try again")
struct RetrierTests {
    static let broken = CodError(.truncated, "Broken.", transience: .transient)

    @Test("Bounds of the pauses double up to the longest, and jitter draws from all of it")
    func backoff() {
        let policy = RetryPolicy()
        let bounds = (1...8).map { policy.delay(afterFailures: $0, jitter: 1) }
        #expect(bounds == [1, 2, 4, 8, 16, 32, 32, 32].map { .seconds($0) })
        #expect(policy.delay(afterFailures: 3, jitter: 0) == .zero)
        #expect(policy.delay(afterFailures: 3, jitter: 0.25) == .seconds(1))
    }

    @Test("A final error is not tried again")
    func final() {
        var retrier = Retrier(RetryPolicy())
        #expect(throws: CodError.self) { try retrier.failed(CodError(.forbidden, "No."), jitter: 0, now: .zero) }
    }

    @Test("An error that nobody judged is not tried again")
    func foreign() {
        struct Foreign: Error {}
        var retrier = Retrier(RetryPolicy())
        #expect(throws: Foreign.self) { try retrier.failed(Foreign(), jitter: 0, now: .zero) }
    }

    @Test("After ten failures in a row it gives up, and says how often it tried")
    func givesUp() throws {
        var retrier = Retrier(RetryPolicy())
        for _ in 1...9 { _ = try retrier.failed(Self.broken, jitter: 0, now: .zero) }
        let error = #expect(throws: CodError.self) { try retrier.failed(Self.broken, jitter: 0, now: .zero) }
        #expect(error?.message.contains("10 times") == true)
        #expect(error?.transience == .final)
    }

    @Test("Progress starts the count anew; less than that does not")
    func progress() throws {
        var retrier = Retrier(RetryPolicy())
        for _ in 1...100 {
            _ = try retrier.failed(Self.broken, jitter: 0, now: .zero)
            retrier.received(256 << 10)
        }
        retrier = Retrier(RetryPolicy())
        for _ in 1...9 {
            _ = try retrier.failed(Self.broken, jitter: 0, now: .zero)
            retrier.received((256 << 10) - 1)
        }
        #expect(throws: CodError.self) { try retrier.failed(Self.broken, jitter: 0, now: .zero) }
    }

    @Test("Answers that make no sense get three tries; progress starts their count anew, other failures do not")
    func senseless() throws {
        let senseless = CodError(.protocolViolation, "What?", transience: .transient)
        var retrier = Retrier(RetryPolicy())
        _ = try retrier.failed(senseless, jitter: 0, now: .zero)
        _ = try retrier.failed(senseless, jitter: 0, now: .zero)
        retrier.received(256 << 10)
        _ = try retrier.failed(senseless, jitter: 0, now: .zero)
        _ = try retrier.failed(Self.broken, jitter: 0, now: .zero)
        _ = try retrier.failed(senseless, jitter: 0, now: .zero)
        let error = #expect(throws: CodError.self) { try retrier.failed(senseless, jitter: 0, now: .zero) }
        #expect(error?.message.contains("4 times") == true)
    }

    @Test("After a quarter of an hour without progress it gives up, and says how long it tried")
    func givesUpInTime() throws {
        var retrier = Retrier(RetryPolicy())
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(5000))
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(5001))
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(5899))
        let error = #expect(throws: CodError.self) { try retrier.failed(Self.broken, jitter: 0, now: .seconds(5900)) }
        #expect(error?.message.contains("4 times in 900 seconds") == true)
        #expect(error?.transience == .final)
    }

    @Test("Time alone does not end it before the third failure, nor after progress")
    func waitingIsNoFailure() throws {
        var retrier = Retrier(RetryPolicy())
        _ = try retrier.failed(Self.broken, jitter: 0, now: .zero)
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(9000))
        retrier.received(256 << 10)
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(9001))
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(9002))
        _ = try retrier.failed(Self.broken, jitter: 0, now: .seconds(9003))
    }

    @Test("A stale connection is tried again at once, and not counted, once")
    func stale() throws {
        let stale = CodError(.requestFailed, "Stale.", transience: .stale)
        var policy = RetryPolicy()
        policy.maximumFailureCount = 2
        var retrier = Retrier(policy)
        #expect(try retrier.failed(stale, jitter: 1, now: .zero) == .zero)
        #expect(try retrier.failed(stale, jitter: 1, now: .zero) == .seconds(1))
        #expect(throws: CodError.self) { try retrier.failed(stale, jitter: 1, now: .zero) }
    }

    @Test(
        "Retry-After is waited for, up to two minutes; nonsense is not",
        arguments: [
            (Duration.seconds(7), Duration.seconds(7)), (.seconds(86_400), .seconds(120)), (.seconds(-5), .zero), (.zero, .zero),
        ])
    func retryAfter(asked: Duration, waited: Duration) throws {
        var retrier = Retrier(RetryPolicy())
        let busy = CodError(.requestFailed, "Busy.", transience: .transient(retryAfter: asked))
        #expect(try retrier.failed(busy, jitter: 0, now: .zero) == waited)
    }
}

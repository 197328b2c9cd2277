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

    @Test("A host that nobody has reached yet gets three tries; one that broke off an answer gets all")
    func firstContact() throws {
        let unreachable = CodError(.unreachable, "No way.", transience: .transient)
        var retrier = Retrier(RetryPolicy())
        for _ in 1...2 { _ = try retrier.failed(unreachable, jitter: 0, now: .zero, isFirstContact: true) }
        let error = #expect(throws: CodError.self) {
            try retrier.failed(unreachable, jitter: 0, now: .zero, isFirstContact: true)
        }
        #expect(error?.message.contains("3 times") == true)
        var other = Retrier(RetryPolicy())
        for _ in 1...9 { _ = try other.failed(Self.broken, jitter: 0, now: .zero, isFirstContact: true) }
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

    private static let unreachable = CodError(.unreachable, "No way.", reach: .job, transience: .transient)

    @Test("Once bytes have come, a host that cannot be reached is asked for a quarter of an hour, however often that is")
    func outage() throws {
        var retrier = Retrier(RetryPolicy())
        for second in 0..<900 {
            _ = try retrier.failed(Self.unreachable, jitter: 0.5, now: .seconds(second), hasContact: true)
        }
        // What else fails is not blamed for it, and keeps its own tries.
        var other = retrier
        for _ in 1...9 { _ = try other.failed(Self.broken, jitter: 0, now: .seconds(899), hasContact: true) }
        #expect(throws: CodError.self) { try other.failed(Self.broken, jitter: 0, now: .seconds(899), hasContact: true) }
        let error = #expect(throws: CodError.self) {
            try retrier.failed(Self.unreachable, jitter: 0, now: .seconds(900), hasContact: true)
        }
        #expect(error?.message.contains("901 times in 900 seconds") == true)
        #expect(error?.reach == .job && error?.transience == .final)
    }

    @Test("Before the first byte, and for errors that stay, nothing is borne for longer; nor where nothing is to be tried again")
    func noOutage() throws {
        func count(_ error: CodError, _ policy: RetryPolicy = RetryPolicy(), hasContact: Bool) -> Int {
            var retrier = Retrier(policy)
            return (1...50).first {
                (try? retrier.failed(error, jitter: 0, now: .seconds($0), hasContact: hasContact)) == nil
            } ?? 0
        }
        #expect(count(Self.unreachable, hasContact: false) == 10)
        #expect(count(Self.broken, hasContact: true) == 10)
        #expect(count(CodError(.unreachable, "A certificate."), hasContact: true) == 1)
        #expect(count(Self.unreachable, .never, hasContact: true) == 1)
        #expect(count(Self.unreachable, hasContact: true) == 0)
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

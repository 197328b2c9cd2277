import CodCore
import Testing

@testable import CodTransport

@Suite("When requests to a bucket begin")
struct PaceTests {
    /// A pace for a test: 4 requests at a time, a busy job has 2.
    private var pace = Pace(throttle: Throttle(ceiling: 4, usualCount: 2), breaker: Breaker(patience: .seconds(900)))

    private mutating func begin(_ object: String = "o", at now: Duration = .zero) throws -> Int {
        guard case .begin(let number) = pace.admission(about: object, now: now) else { throw NotAdmitted() }
        return number
    }

    private struct NotAdmitted: Error {}

    /// A request that fails.
    private mutating func fail(_ object: String, _ setback: Setback = .failed, at now: Duration) throws -> Pace.News? {
        let number = try begin(object, at: now)
        let news = pace.failed(number, setback, now: now)
        #expect(pace.ended(number, now: now) == nil)
        return news
    }

    @Test("No more begin than may be under way; an end makes room")
    mutating func ceiling() throws {
        let numbers = try (0..<4).map { _ in try begin() }
        #expect(numbers == [0, 1, 2, 3])
        #expect(pace.admission(about: "o", now: .zero) == .wait(nil))
        _ = pace.ended(2, now: .zero)
        _ = pace.ended(2, now: .zero)
        #expect(try begin() == 4)
        #expect(pace.admission(about: "o", now: .zero) == .wait(nil))
    }

    @Test("429 and 503 halve; one comes back after 30 s, and whoever waits is told when")
    mutating func throttled() throws {
        for _ in 0..<4 { _ = try begin() }
        #expect(pace.failed(0, .throttled, now: .zero) == .slower(limit: 2))
        // The others began before.
        #expect(pace.failed(1, .throttled, now: .zero) == nil)
        for number in 0..<3 { _ = pace.ended(number, now: .zero) }
        _ = try begin()
        #expect(pace.admission(about: "o", now: .seconds(10)) == .wait(.seconds(20)))
        _ = try begin(at: .seconds(30))
        #expect(pace.admission(about: "o", now: .seconds(30)) == .wait(.seconds(30)))
    }

    @Test(
        "What a status says of the store",
        arguments: [
            (429, .throttled), (503, .throttled), (408, .failed), (500, .failed), (502, .failed), (504, .failed), (101, .failed),
            (302, .failed), (304, nil), (400, nil), (401, nil), (403, nil), (404, nil), (412, nil),
        ] as [(Int, Setback?)])
    func statuses(status: Int, setback: Setback?) {
        #expect(Setback(status: status) == setback)
    }

    @Test("A cancellation says nothing of the store, a certificate that is not trusted does")
    func errors() {
        #expect(Setback(CancellationError()) == nil)
        #expect(Setback(CodError(.cancelled, "")) == nil)
        #expect(Setback(CodError(.unreachable, "")) == .failed)
        #expect(Setback(CodError(.requestFailed, "", transience: .stale)) == .stale)
    }

    // MARK: The breaker

    /// So many failures of five objects, the last of which bars the way.
    private mutating func bar(at now: Duration) throws {
        for number in 0..<20 {
            #expect(try fail("o\(number % 5)", at: now) == (number == 19 ? .barred : nil))
        }
    }

    @Test("20 failures in a row of 5 objects stop everything for 60 s, then one probe decides for all")
    mutating func breaker() throws {
        try bar(at: .seconds(5))
        #expect(pace.admission(about: "o", now: .seconds(15)) == .wait(.seconds(50)))
        let probe = try begin("p", at: .seconds(65))
        #expect(pace.admission(about: "o", now: .seconds(66)) == .wait(nil))
        #expect(pace.failed(probe, .failed, now: .seconds(70)) == nil)
        _ = pace.ended(probe, now: .seconds(70))
        #expect(pace.admission(about: "o", now: .seconds(129)) == .wait(.seconds(1)))
        let second = try begin("p", at: .seconds(130))
        #expect(pace.received(second) == .freed)
        #expect(pace.received(second) == nil)
        _ = try begin(at: .seconds(131))
    }

    @Test("Fewer objects, or a success in between, stop nothing")
    mutating func noBreaker() throws {
        for number in 0..<100 { #expect(try fail("o\(number % 4)", at: .zero) == nil) }
        pace = Pace(throttle: Throttle(ceiling: 4, usualCount: 2), breaker: Breaker(patience: .seconds(900)))
        let stream = try begin("stream")
        for number in 0..<100 {
            if number % 19 == 18 { #expect(pace.received(stream) == nil) }
            #expect(try fail("o\(number)", at: .zero) == nil)
        }
        let answered = try begin()
        #expect(pace.answered(answered) == nil)
    }

    @Test("A definite no is an answer: the store works")
    mutating func definite() throws {
        try bar(at: .zero)
        let probe = try begin(at: .seconds(60))
        #expect(pace.answered(probe) == .freed)
        // What follows, of the same request, says no more.
        #expect(pace.failed(probe, .failed, now: .seconds(60)) == nil)
        #expect(pace.received(probe) == nil)
    }

    @Test("The body of a refusal is no success")
    mutating func refusalBody() throws {
        try bar(at: .zero)
        let probe = try begin(at: .seconds(60))
        _ = pace.failed(probe, .throttled, now: .seconds(60))
        #expect(pace.received(probe) == nil)
        #expect(pace.answered(probe) == nil)
        #expect(pace.admission(about: "o", now: .seconds(61)) == .wait(.seconds(59)))
    }

    @Test("An answer that nobody reads a byte of was of no use; one that was read in part was")
    mutating func unread() throws {
        try bar(at: .zero)
        let probe = try begin(at: .seconds(60))
        #expect(pace.ended(probe, now: .seconds(60)) == nil)
        #expect(pace.admission(about: "o", now: .seconds(60)) == .wait(.seconds(60)))
        let other = try begin(at: .seconds(120))
        #expect(pace.received(other) == .freed)
        #expect(pace.ended(other, now: .seconds(121)) == nil)
        #expect(pace.underWayCount == 0)
    }

    @Test("A probe that is cancelled leaves its place to the next")
    mutating func cancelledProbe() throws {
        try bar(at: .zero)
        let probe = try begin(at: .seconds(60))
        pace.cancelled(probe, now: .seconds(61))
        _ = pace.ended(probe, now: .seconds(61))
        _ = try begin(at: .seconds(61))
        #expect(pace.admission(about: "o", now: .seconds(61)) == .wait(nil))
    }

    @Test("What was under way when the way was barred does not bar it for longer, and may open it")
    mutating func stragglers() throws {
        let (one, other) = (try begin("x"), try begin("y"))
        try bar(at: .zero)
        #expect(pace.failed(one, .failed, now: .seconds(50)) == nil)
        #expect(pace.admission(about: "o", now: .seconds(50)) == .wait(.seconds(10)))
        #expect(pace.received(other) == .freed)
        _ = try begin(at: .seconds(51))
    }

    @Test("Connections that had all gone stale bar nothing; a store that closes every one does")
    mutating func stale() throws {
        for number in 0..<100 { #expect(try fail("o\(number)", .stale, at: .zero) == nil) }
        var news: [Pace.News?] = []
        for number in 0..<20 { news.append(try fail("o\(number)", .stale, at: .zero)) }
        #expect(news.last == .barred && news.dropLast().allSatisfy { $0 == nil })
        // The first probe may be on a stale connection as well.
        _ = try fail("o", .stale, at: .seconds(60))
        _ = try fail("o", .stale, at: .seconds(60))
        #expect(pace.admission(about: "o", now: .seconds(60)) == .wait(.seconds(60)))
    }

    @Test("After a quarter of an hour of nothing but failures nobody waits any more; a probe a minute still may")
    mutating func hopeless() throws {
        try bar(at: .zero)
        for minute in 1...14 { _ = try fail("o", at: .seconds(60 * minute)) }
        #expect(pace.admission(about: "o", now: .seconds(899)) == .wait(.seconds(1)))
        let probe = try begin(at: .seconds(900))
        #expect(pace.admission(about: "o", now: .seconds(901)) == .wait(nil))
        _ = pace.failed(probe, .failed, now: .seconds(901))
        #expect(pace.admission(about: "o", now: .seconds(902)) == .refuse)
        _ = pace.ended(probe, now: .seconds(902))
        let last = try begin(at: .seconds(961))
        #expect(pace.received(last) == .freed)
        _ = try begin(at: .seconds(962))
    }

    @Test("A breaker that is not enabled never bars the way")
    mutating func disabled() throws {
        pace = Pace(
            throttle: Throttle(ceiling: 4, usualCount: 2), breaker: Breaker(patience: .seconds(900), isEnabled: false))
        for number in 0..<100 { #expect(try fail("o\(number)", at: .zero) == nil) }
    }
}

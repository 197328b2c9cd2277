import CodCore
import Logging
import Synchronization

/// Lets requests to a bucket begin, first come, first served, as its ``Pace`` says.
///
/// One gate serves listings, metadata and archives alike: it is the store that is to be spared.
final class PaceGate: Sendable {
    /// How many requests may be under way beside one for each archive that is read at a time. So planning in mid-run need not
    /// wait for an archive's end.
    static let catalogRequestCount = 8

    /// How many requests a catalog makes at a time for each connection for archives, none of which is read yet: its objects are small, and
    /// each is mostly waited for.
    private static let planningFactor = 4

    /// How many requests a catalog makes at a time; no more than the client keeps connections to one host.
    static func requestCount(planningFor options: GCSOptions) -> Int {
        let count = min(options.connectionCount, HTTPConnections.mostToOneHost) * planningFactor
        return min(max(count, catalogRequestCount), HTTPConnections.mostToOneHost)
    }

    private struct Waiter {
        let ticket: Int
        /// Wakes it, while it waits.
        var wake: AsyncStream<Void>.Continuation?
    }

    private struct State {
        var pace: Pace
        /// Who waits, in the order of their coming: no more than there are tasks.
        var line: [Waiter] = []
        var nextTicket = 0
        var lastFailure: CodError?

        func wakeFirst() { line.first?.wake?.yield() }
    }

    private let state: Mutex<State>
    /// Grows with all that the next byte of a good answer may put right.
    private let setbackCount = Atomic<Int>(1)
    private let timing: Timing
    private let logger: Logger
    private let patience: Duration

    init(_ options: GCSOptions) {
        timing = options.timing
        logger = options.logger
        patience = options.retry.maximumFailureTime
        let archiveCount = max(options.connectionCount, 1)
        let ceiling = max(archiveCount + Self.catalogRequestCount, Self.requestCount(planningFor: options))
        let throttle = Throttle(ceiling: ceiling, usualCount: archiveCount)
        // Who does not want to try again does not want to wait either.
        let breaker = Breaker(patience: patience, isEnabled: options.retry.maximumFailureCount > 1)
        state = Mutex(State(pace: Pace(throttle: throttle, breaker: breaker)))
    }

    /// How many requests wait.
    var waitingCount: Int { state.withLock { $0.line.count } }

    /// Waits until a request may begin. Throws when the task is cancelled, and when the store has failed for too long.
    func permit(about subject: RequestSubject) async throws -> Permit {
        let ticket = state.withLock { state in
            defer { state.nextTicket += 1 }
            state.line.append(Waiter(ticket: state.nextTicket))
            return state.nextTicket
        }
        defer { leave(ticket) }
        while true {
            try Task.checkCancellation()
            // A stream for each wait: a wait that is cancelled ends its stream.
            let (turns, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let admission = state.withLock { state -> Pace.Admission in
                guard let place = state.line.firstIndex(where: { $0.ticket == ticket }) else { return .wait(nil) }
                state.line[place].wake = wake
                return place == 0 ? state.pace.admission(about: subject.displayName, now: timing.now()) : .wait(nil)
            }
            switch admission {
            case .begin(let number): return Permit(number, of: self)
            case .wait(let duration): try await wait(duration, or: turns)
            case .refuse: throw refusal(of: subject)
            }
        }
    }

    private func leave(_ ticket: Int) {
        state.withLock { state in
            state.line.removeAll { $0.ticket == ticket }
            state.wakeFirst()
        }
    }

    private func wait(_ duration: Duration?, or turns: AsyncStream<Void>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in turns { break } }
            if let duration { group.addTask { [timing] in try await timing.sleep(duration) } }
            try await group.next()
            group.cancelAll()
        }
    }

    private func refusal(of subject: RequestSubject) -> CodError {
        let last = state.withLock { $0.lastFailure }
        let error = CodError(
            last?.code ?? .requestFailed,
            "\(subject.displayName) was not asked for: all requests have failed for \(patience.components.seconds) seconds."
                + (last.map { " The last failure: \($0.message)" } ?? ""),
            recovery: "Run the same command again later: it goes on from what is saved.",
            reach: last?.code == .unreachable ? .job : subject.reach)
        return subject.locate(error)
    }

    // MARK: What requests come to

    /// Bytes of a good answer came. This is told of every chunk and seldom changes anything, so what changes nothing takes no lock:
    /// `known` is the count of setbacks that the request was told of last.
    func received(_ number: Int, since known: borrowing Atomic<Int>) {
        let count = setbackCount.load(ordering: .acquiring)
        if known.load(ordering: .relaxed) == count { return }
        known.store(count, ordering: .relaxed)
        let news = state.withLock { state in
            let news = state.pace.received(number)
            if news != nil { state.wakeFirst() }
            return news
        }
        tell(news)
    }

    func answered(_ number: Int) { change { $0.pace.answered(number) } }

    /// `setback` is `nil` for a request that was cancelled.
    func failed(_ number: Int, _ setback: Setback?, with error: CodError?) {
        let now = timing.now()
        change { state in
            guard let setback else {
                state.pace.cancelled(number, now: now)
                return nil
            }
            state.lastFailure = error ?? state.lastFailure
            setbackCount.add(1, ordering: .releasing)
            return state.pace.failed(number, setback, now: now)
        }
    }

    func ended(_ number: Int) {
        let now = timing.now()
        change { state in
            // An answer of which nobody read a byte is a failure, too.
            setbackCount.add(1, ordering: .releasing)
            return state.pace.ended(number, now: now)
        }
    }

    private func change(_ body: (inout State) -> Pace.News?) {
        let news = state.withLock { state in
            defer { state.wakeFirst() }
            return body(&state)
        }
        tell(news)
    }

    private func tell(_ news: Pace.News?) {
        switch news {
        case nil: break
        case .slower(let limit)?:
            logger.info("There is less room than was thought: \(limit) requests at a time from now on.")
        case .barred?:
            let pause = Breaker.pause.components.seconds
            logger.notice("The last \(Breaker.failureCount) requests failed; nothing is asked for in the next \(pause) seconds.")
        case .freed?:
            logger.notice("The store answers again.")
        }
    }
}

/// A job's events, as an asynchronous sequence.
///
/// Ask for it before the job starts: it holds what happens from then on. Each one has its own place to wait in, so several may be
/// read side by side, each by one task. It ends after `complete`.
public struct EventSequence: AsyncSequence, Sendable {
    /// What it is a sequence of.
    public typealias Element = RetrievalEvent
    /// It never fails: what fails in a run is an event.
    public typealias Failure = Never

    let mailbox: EventMailbox

    /// Begins to read. One iterator at a time: several would divide the events among them.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

    /// Takes one event after the other; `nil` after the last, or when its task is cancelled.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let mailbox: EventMailbox
        /// What was taken out at once; the next one is the last.
        private var events: [RetrievalEvent] = []

        init(mailbox: EventMailbox) {
            self.mailbox = mailbox
        }

        /// Waits for the next event; `nil` after `complete`, or when the task is cancelled.
        public mutating func next() async -> RetrievalEvent? {
            if events.isEmpty { events = await mailbox.next().reversed() }
            return events.popLast()
        }

        /// The same, for whoever iterates on an actor.
        public mutating func next(isolation: isolated (any Actor)?) async -> RetrievalEvent? { await next() }
    }
}

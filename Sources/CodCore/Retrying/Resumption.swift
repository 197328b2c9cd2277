/// Keeps count of a portion's bytes over any number of connections: where to go on, when it is whole, when to give up.
struct Resumption {
    private let portion: Portion
    private var retrier: Retrier
    /// How many bytes have been passed on: where the next connection begins.
    private(set) var receivedByteCount: Int64 = 0
    private(set) var isComplete = false

    init(portion: Portion, policy: RetryPolicy) {
        self.portion = portion
        retrier = Retrier(policy)
    }

    /// Counts a chunk. Throws when more came than the portion has.
    mutating func received(_ byteCount: Int) throws {
        receivedByteCount += Int64(byteCount)
        retrier.received(byteCount)
        guard let expected = portion.byteCount, receivedByteCount > expected else { return }
        throw CodError(
            .protocolViolation, "More than the \(expected) bytes asked for came from \(portion.archive.url).",
            recovery: "Something between here and the store alters what it sends: try another network or proxy."
        ).located(in: portion.series)
    }

    /// Counts the end of a body. Throws when bytes are missing.
    mutating func ended() throws {
        guard let expected = portion.byteCount, receivedByteCount < expected else {
            isComplete = true
            return
        }
        throw CodError(
            .truncated, "The body of \(portion.archive.url) ended after \(receivedByteCount) of \(expected) bytes.",
            recovery: "Run the same command again: it goes on from what is saved.", transience: .transient
        ).located(in: portion.series)
    }

    /// How long to wait before opening again at ``receivedByteCount``; throws when it is no use. `hasContact`: see ``Retrier``.
    mutating func failed(_ error: any Error, jitter: Double, now: Duration, hasContact: Bool) throws -> Duration {
        try retrier.failed(
            (error as? CodError)?.located(in: portion.series) ?? error, jitter: jitter, now: now, hasContact: hasContact)
    }
}

import CodCore

/// Decides whether a request is made again, with fewer tries where waiting seldom helps.
///
/// A host that cannot be reached, and an answer that makes no sense, are usually the matter of a wrong address: users want to know
/// within seconds. What a server says of itself (429, 503) or a broken body gets all the tries of the policy.
struct Attempts {
    /// How many tries there are at a host that cannot be reached, or whose answers make no sense.
    static let maximumDoubtfulCount = 3

    private var ordinary: Retrier
    private var doubtful: Retrier

    init(_ policy: RetryPolicy) {
        ordinary = Retrier(policy)
        var fewer = policy
        fewer.maximumFailureCount = min(policy.maximumFailureCount, Self.maximumDoubtfulCount)
        doubtful = Retrier(fewer)
    }

    /// Counts bytes as progress.
    mutating func received(_ byteCount: Int) {
        ordinary.received(byteCount)
        doubtful.received(byteCount)
    }

    /// How long to wait before the next try; throws the error itself when there should be none.
    mutating func failed(_ error: any Error, jitter: Double) throws -> Duration {
        switch (error as? CodError)?.code {
        case .unreachable?, .protocolViolation?: try doubtful.failed(error, jitter: jitter)
        default: try ordinary.failed(error, jitter: jitter)
        }
    }
}

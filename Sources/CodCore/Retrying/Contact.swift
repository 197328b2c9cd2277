internal import Synchronization

/// Whether a store has answered in this run: the address, the way and the credentials are right, and a host that cannot be reached
/// is a link that is down.
package final class Contact: Sendable {
    private enum State: UInt8, AtomicRepresentable {
        case none, made
        /// It was made, and the user knows that it is lost.
        case lost
    }

    private let state = Atomic(State.none)

    private let isUnheard: Bool

    /// - Parameter isFirst: whether nobody has asked the store for anything yet.
    package init(isFirst: Bool = false) {
        isUnheard = isFirst
    }

    /// Whether nobody has reached the store yet, and nobody but this run has tried.
    package var isFirst: Bool { isUnheard && !isMade }

    /// Whether the store has answered.
    package var isMade: Bool { state.load(ordering: .relaxed) != .none }

    /// The store answered.
    package func make() {
        // Looked at first: lanes that only read do not take the value from each other.
        if state.load(ordering: .relaxed) != .made { state.store(.made, ordering: .relaxed) }
    }

    /// What to tell the user of a failure that will be borne: once each time that the store cannot be reached any more.
    package func notice(of error: any Error, under policy: RetryPolicy) -> String? {
        guard let error = error as? CodError, error.code == .unreachable, policy.maximumFailureCount > 1 else { return nil }
        guard state.compareExchange(expected: .made, desired: .lost, ordering: .relaxed).exchanged else { return nil }
        return "\(error.message) It is tried again for up to \(policy.maximumFailureTime.components.seconds) seconds."
    }
}

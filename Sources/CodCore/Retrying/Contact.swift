internal import Synchronization

/// Whether any byte of an archive has come in this run: the address, the way and the credentials are right, and a host that cannot
/// be reached is a link that is down.
package final class Contact: Sendable {
    private let state = Atomic(false)

    package init() {}

    /// Whether bytes have come.
    package var isMade: Bool { state.load(ordering: .relaxed) }

    /// Bytes came.
    package func make() {
        // Looked at first: lanes that only read do not take the value from each other.
        if !isMade { state.store(true, ordering: .relaxed) }
    }
}

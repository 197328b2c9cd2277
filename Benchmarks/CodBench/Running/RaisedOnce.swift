import Synchronization

/// Something that happens once, on any task, and is seen from others.
final class RaisedOnce: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}

import CodCore
import Synchronization

/// Events that a closure saw.
final class Seen: Sendable {
    private let events = Mutex<[InstanceEvent]>([])

    func add(_ event: InstanceEvent) { events.withLock { $0.append(event) } }

    var words: [String] { events.withLock { $0 }.words }
}

/// Something that happened.
final class Flag: Sendable {
    private let state = Mutex(false)

    var value: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

import CodCore
import Synchronization

/// Works on values side by side, and gives the results their places in the values' order.
///
/// `pack` makes something of a value, `place` decides where it goes, one result at a time and in order, and `write` brings it there. What
/// waits for its turn is written by whoever has brought the one in front of it. `pack` and `write` may block.
///
/// - Parameters:
///   - width: how many values are worked on at a time, those that wait for their turn among them.
///   - state: what `place` goes by; what it has become is the answer.
func inOrder<Value: Sendable, Packed: Sendable, Placed: Sendable, State: Sendable>(
    _ values: some Sequence<Value>, width: Int, from state: State, pack: @escaping @Sendable (Value) throws -> Packed,
    place: @escaping @Sendable (inout State, Packed) -> Placed, write: @escaping @Sendable (Placed) throws -> Void
) async throws -> State {
    let turns = Turns(state, place: place)
    try await withThrowingTaskGroup(of: Void.self) { group in
        var iterator = values.makeIterator()
        var begunCount = 0
        func begin() {
            while begunCount - turns.takenCount < width, let value = iterator.next() {
                let turn = begunCount
                begunCount += 1
                group.addTask {
                    try await offTaskThreads {
                        let packed = try pack(value)
                        for placed in turns.take(packed, turn) { try write(placed) }
                    }
                }
            }
        }
        begin()
        while try await group.next() != nil {
            try Task.checkCancellation()
            begin()
        }
    }
    return turns.state
}

/// What is ready, and what has its place.
private final class Turns<State: Sendable, Packed: Sendable, Placed: Sendable>: Sendable {
    private struct Content: Sendable {
        var state: State
        var takenCount = 0
        /// Results that are ahead of their turn.
        var waiting: [Int: Packed] = [:]
    }

    private let content: Mutex<Content>
    private let place: @Sendable (inout State, Packed) -> Placed

    init(_ state: State, place: @escaping @Sendable (inout State, Packed) -> Placed) {
        content = Mutex(Content(state: state))
        self.place = place
    }

    var state: State { content.withLock { $0.state } }
    /// How many have their places.
    var takenCount: Int { content.withLock { $0.takenCount } }

    /// Takes a result; answers those whose turn it is now.
    func take(_ packed: Packed, _ turn: Int) -> [Placed] {
        content.withLock { content in
            content.waiting[turn] = packed
            var placed: [Placed] = []
            while let next = content.waiting.removeValue(forKey: content.takenCount) {
                content.takenCount += 1
                placed.append(place(&content.state, next))
            }
            return placed
        }
    }
}

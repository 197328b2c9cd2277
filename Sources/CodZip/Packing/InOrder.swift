import CodCore

/// Works on values side by side, and gives the results their places in the values' order.
///
/// `pack` makes something of a value, `place` decides where it goes, one result at a time and in order, and `write` brings it there. What
/// waits for its turn is written by whoever has brought the one in front of it. `pack` and `write` may block.
///
/// - Parameters:
///   - width: how many values are worked on at a time. At most two results more wait for their turns.
///   - state: what `place` goes by; what it has become is the answer.
func inOrder<Values: Sequence & Sendable, Packed: Sendable, Placed: Sendable, State: Sendable>(
    _ values: Values, width: Int, from state: State, pack: @escaping @Sendable (Values.Element) throws -> Packed,
    place: @escaping @Sendable (inout State, Packed) -> Placed, write: @escaping @Sendable (Placed) throws -> Void
) async throws -> State where Values.Element: Sendable, Values.Iterator: Sendable {
    let turns = Turns(values, mostAhead: width + 2, from: state, place: place)
    try await withThrowingTaskGroup(of: Void.self) { group in
        // Whoever works goes on with the next value where it is: a change between threads costs as much as reading one.
        func begin() {
            for _ in 0..<turns.begin(width) {
                group.addTask { try await offTaskThreads { try turns.work(pack, write) } }
            }
        }
        begin()
        while try await group.next() != nil { begin() }
    }
    return turns.state
}

/// What is to be worked on, what is ready, and what has its place.
private final class Turns<Values: Sequence & Sendable, Packed: Sendable, Placed: Sendable, State: Sendable>: Sendable
where Values.Element: Sendable, Values.Iterator: Sendable {
    private struct Content: Sendable {
        var iterator: Values.Iterator
        var isAtEnd = false
        var begunCount = 0
        var state: State
        var takenCount = 0
        /// Results that are ahead of their turn.
        var waiting: [Int: Packed] = [:]
        var workerCount = 0
        /// Whether a worker has ended because too many results wait. All others end too then, and begin anew when there is room.
        var isShort = false
    }

    private let mostAhead: Int
    private let content: Guarded<Content>
    private let place: @Sendable (inout State, Packed) -> Placed

    init(
        _ values: Values, mostAhead: Int, from state: State, place: @escaping @Sendable (inout State, Packed) -> Placed
    ) {
        self.mostAhead = mostAhead
        content = Guarded(Content(iterator: values.makeIterator(), state: state))
        self.place = place
    }

    var state: State { content.withLock { $0.state } }

    /// Answers how many workers are to be begun.
    func begin(_ width: Int) -> Int {
        content.withLock { content in
            guard !content.isAtEnd, content.begunCount - content.takenCount < mostAhead else { return 0 }
            let count = max(width - content.workerCount, 0)
            content.workerCount += count
            content.isShort = false
            return count
        }
    }

    /// Works until there is no value left, or too many results wait.
    func work(_ pack: (Values.Element) throws -> Packed, _ write: (Placed) throws -> Void) throws {
        defer { content.withLock { $0.workerCount -= 1 } }
        while let (turn, value) = next() {
            try BlockingCancellation.check()
            for placed in take(try pack(value), turn) { try write(placed) }
        }
    }

    private func next() -> (turn: Int, Values.Element)? {
        content.withLock { content in
            let isFull = content.begunCount - content.takenCount >= mostAhead
            if isFull || content.isShort || content.isAtEnd {
                content.isShort = content.isShort || isFull
                return nil
            }
            guard let value = content.iterator.next() else {
                content.isAtEnd = true
                return nil
            }
            defer { content.begunCount += 1 }
            return (content.begunCount, value)
        }
    }

    /// Takes a result; answers those whose turn it is now.
    private func take(_ packed: Packed, _ turn: Int) -> [Placed] {
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

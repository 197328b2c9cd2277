/// Works on values side by side, at most `width` at a time, and takes the results in the values' order.
func inOrder<Value: Sendable, Result: Sendable>(
    _ values: some Sequence<Value>, width: Int, _ work: @escaping @Sendable (Value) async throws -> Result,
    take: (Result) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var iterator = values.makeIterator()
        var begunCount = 0
        var takenCount = 0
        // Results that are ahead of their turn: fewer than `width`.
        var waiting: [Int: Result] = [:]
        func begin() {
            guard begunCount - takenCount < width, let value = iterator.next() else { return }
            let position = begunCount
            begunCount += 1
            group.addTask { (position, try await work(value)) }
        }
        for _ in 0..<width { begin() }
        while let (position, result) = try await group.next() {
            try Task.checkCancellation()
            waiting[position] = result
            while let next = waiting.removeValue(forKey: takenCount) {
                takenCount += 1
                begin()
                try await take(next)
            }
        }
    }
}

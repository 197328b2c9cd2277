extension Array where Element: Sendable {
    /// What `transform` makes of the elements, in their order; at most `limit` of them at a time. The first error cancels the rest.
    func mapConcurrently<Result: Sendable>(
        limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: count)
            for (position, element) in enumerated() {
                if position >= Swift.max(limit, 1), let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (position, try await transform(element)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap(\.self)
        }
    }
}

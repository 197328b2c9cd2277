/// Knows what a store holds, and turns a request into a plan.
public protocol Catalog: Sendable {
    /// Plans a request. A study or series that cannot be planned is in the plan, with its error; an error that is thrown concerns
    /// the whole request (no connection, no credentials).
    @concurrent func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan
}

extension Catalog {
    /// Plans whole studies, or what a selection leaves of them.
    public func plan(for studies: [String], selection: Selection = .everything) async throws -> RetrievalPlan {
        try await plan(RetrievalRequest(studies: studies, selection: selection))
    }
}

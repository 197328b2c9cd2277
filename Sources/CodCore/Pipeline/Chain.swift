/// Stages joined into one step, with the types in between forgotten. What a pipeline's builder makes.
public struct Chain<Input: Sendable, Output: Sendable>: Sendable {
    let run: @concurrent @Sendable (consuming Input, StageContext) async throws -> Output
    /// Where the work on a lane runs; the fetcher at the chain's beginning knows.
    var executor: @Sendable (Int) -> (any TaskExecutor)? = { _ in nil }

    init(_ run: @concurrent @Sendable @escaping (consuming Input, StageContext) async throws -> Output) {
        self.run = run
    }

    /// This chain with one more stage below it.
    func followed<Next: Sendable>(
        by next: @concurrent @Sendable @escaping (consuming Output, StageContext) async throws -> Next
    ) -> Chain<Input, Next> {
        let run = run
        var chain = Chain<Input, Next> { try await next(try await run($0, $1), $1) }
        chain.executor = executor
        return chain
    }
}

/// A chain that ends in a sink, and what follows it for each study.
public struct SavingChain<Input: Sendable>: Sendable {
    let perPortion: Chain<Input, SavedSeries>
    let perStudy: Chain<SavedStudy, SavedStudy>
    let output: SinkCalls
}

/// What a run needs of a sink beside its stream.
struct SinkCalls: Sendable {
    let prepare: @Sendable (RetrievalPlan) async throws -> Void
    let inventory: @Sendable (SeriesPlan) async throws -> [SavedInstance]
    let holdsUnlisted: @Sendable (SeriesPlan) async throws -> Bool
    let requireRoom: @Sendable ([Int64]) async throws -> Void
    let close: @Sendable () async throws -> Void
}

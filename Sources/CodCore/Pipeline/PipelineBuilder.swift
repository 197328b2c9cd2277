/// Joins stages from top to bottom; the compiler checks that each takes what the one above it yields.
///
/// A pipeline is a fetcher, an extractor, any number of stages on the stream of instances, a sink, and any number of finishers.
/// `if` and `if … else` may choose stages.
@resultBuilder
public enum PipelineBuilder {
    // The first

    public static func buildPartialBlock<S: Stage>(first: S) -> Chain<S.Input, S.Output> {
        Chain { try await first.run($0, in: $1) }
    }

    public static func buildPartialBlock<F: Fetcher>(first: F) -> Chain<Portion, ByteStream> {
        var chain = Chain<Portion, ByteStream> { try await first.run($0, in: $1) }
        chain.executor = { first.executor(forLane: $0) }
        return chain
    }

    public static func buildPartialBlock<S: Sink>(first: S) -> SavingChain<InstanceStream> {
        SavingChain(
            perPortion: Chain { try await first.run($0, in: $1) },
            perStudy: Chain { study, _ in try await first.finish(study) },
            output: SinkCalls(
                prepare: { try await first.prepare(for: $0) }, inventory: { try await first.inventory(of: $0) },
                close: { try await first.close() }))
    }

    public static func buildPartialBlock<Input, Output>(first: Chain<Input, Output>) -> Chain<Input, Output> { first }

    public static func buildPartialBlock<Input>(first: SavingChain<Input>) -> SavingChain<Input> { first }

    // The next

    public static func buildPartialBlock<Input, Middle, S: Stage>(
        accumulated: Chain<Input, Middle>, next: S
    ) -> Chain<Input, S.Output> where S.Input == Middle {
        accumulated.followed { try await next.run($0, in: $1) }
    }

    public static func buildPartialBlock<Input, Middle, Output>(
        accumulated: Chain<Input, Middle>, next: Chain<Middle, Output>
    ) -> Chain<Input, Output> {
        accumulated.followed(by: next.run)
    }

    public static func buildPartialBlock<Input, S: Sink>(
        accumulated: Chain<Input, InstanceStream>, next: S
    ) -> SavingChain<Input> {
        buildPartialBlock(accumulated: accumulated, next: buildPartialBlock(first: next))
    }

    public static func buildPartialBlock<Input>(
        accumulated: Chain<Input, InstanceStream>, next: SavingChain<InstanceStream>
    ) -> SavingChain<Input> {
        SavingChain(
            perPortion: accumulated.followed(by: next.perPortion.run), perStudy: next.perStudy, output: next.output)
    }

    public static func buildPartialBlock<Input, S: Stage>(
        accumulated: SavingChain<Input>, next: S
    ) -> SavingChain<Input> where S.Input == SavedStudy, S.Output == SavedStudy {
        buildPartialBlock(accumulated: accumulated, next: Chain { try await next.run($0, in: $1) })
    }

    public static func buildPartialBlock<Input>(
        accumulated: SavingChain<Input>, next: Chain<SavedStudy, SavedStudy>
    ) -> SavingChain<Input> {
        SavingChain(
            perPortion: accumulated.perPortion, perStudy: accumulated.perStudy.followed(by: next.run),
            output: accumulated.output)
    }

    // Choices

    public static func buildOptional<Value>(_ stage: Chain<Value, Value>?) -> Chain<Value, Value> {
        stage ?? Chain { value, _ in value }
    }

    public static func buildEither<Input, Output>(first stage: Chain<Input, Output>) -> Chain<Input, Output> { stage }

    public static func buildEither<Input, Output>(second stage: Chain<Input, Output>) -> Chain<Input, Output> { stage }

    public static func buildEither(first stage: SavingChain<InstanceStream>) -> SavingChain<InstanceStream> { stage }

    public static func buildEither(second stage: SavingChain<InstanceStream>) -> SavingChain<InstanceStream> { stage }
}

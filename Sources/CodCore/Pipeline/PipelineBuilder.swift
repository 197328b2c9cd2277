/// Joins stages from top to bottom; the compiler checks that each takes what the one above it yields.
///
/// A pipeline is a fetcher, an extractor, any number of stages on the stream of instances, a sink, and any number of finishers.
/// `if` and `if … else` may choose stages.
@resultBuilder
public enum PipelineBuilder {
    // The first

    /// Begins with any stage.
    public static func buildPartialBlock<S: Stage>(first: S) -> Chain<S.Input, S.Output> {
        Chain { try await first.run($0, in: $1) }
    }

    /// Begins with a fetcher: its threads are where the whole pipeline runs.
    public static func buildPartialBlock<F: Fetcher>(first: F) -> Chain<Portion, ByteStream> {
        var chain = Chain<Portion, ByteStream> { try await first.run($0, in: $1) }
        chain.executor = { first.executor(forLane: $0) }
        return chain
    }

    /// Begins with a sink: the end of a pipeline that is put together in parts.
    public static func buildPartialBlock<S: Sink>(first: S) -> SavingChain<InstanceStream> {
        SavingChain(
            perPortion: Chain { try await first.run($0, in: $1) },
            perStudy: Chain { study, _ in try await first.finish(study) },
            output: SinkCalls(
                prepare: { try await first.prepare(for: $0) }, inventory: { try await first.inventory(of: $0) },
                holdsUnlisted: { try await first.holdsUnlisted(of: $0) },
                requireRoom: { try await first.requireRoom(for: $0) }, close: { try await first.close() }))
    }

    /// Begins with stages that are joined already.
    public static func buildPartialBlock<Input, Output>(first: Chain<Input, Output>) -> Chain<Input, Output> { first }

    /// Begins with stages that are joined already and end in a sink.
    public static func buildPartialBlock<Input>(first: SavingChain<Input>) -> SavingChain<Input> { first }

    // The next

    /// Goes on with a stage that takes what came out so far.
    public static func buildPartialBlock<Input, Middle, S: Stage>(
        accumulated: Chain<Input, Middle>, next: S
    ) -> Chain<Input, S.Output> where S.Input == Middle {
        accumulated.followed { try await next.run($0, in: $1) }
    }

    /// Goes on with stages that are joined already.
    public static func buildPartialBlock<Input, Middle, Output>(
        accumulated: Chain<Input, Middle>, next: Chain<Middle, Output>
    ) -> Chain<Input, Output> {
        accumulated.followed(by: next.run)
    }

    /// Goes on with the sink.
    public static func buildPartialBlock<Input, S: Sink>(
        accumulated: Chain<Input, InstanceStream>, next: S
    ) -> SavingChain<Input> {
        buildPartialBlock(accumulated: accumulated, next: buildPartialBlock(first: next))
    }

    /// Goes on with a sink and its finishers.
    public static func buildPartialBlock<Input>(
        accumulated: Chain<Input, InstanceStream>, next: SavingChain<InstanceStream>
    ) -> SavingChain<Input> {
        SavingChain(
            perPortion: accumulated.followed(by: next.perPortion.run), perStudy: next.perStudy, output: next.output)
    }

    /// Goes on with a finisher.
    public static func buildPartialBlock<Input, S: Stage>(
        accumulated: SavingChain<Input>, next: S
    ) -> SavingChain<Input> where S.Input == SavedStudy, S.Output == SavedStudy {
        buildPartialBlock(accumulated: accumulated, next: Chain { try await next.run($0, in: $1) })
    }

    /// Goes on with finishers that are joined already.
    public static func buildPartialBlock<Input>(
        accumulated: SavingChain<Input>, next: Chain<SavedStudy, SavedStudy>
    ) -> SavingChain<Input> {
        SavingChain(
            perPortion: accumulated.perPortion, perStudy: accumulated.perStudy.followed(by: next.run),
            output: accumulated.output)
    }

    // Choices

    /// A stage behind an `if`: without it everything passes unchanged.
    public static func buildOptional<Value>(_ stage: Chain<Value, Value>?) -> Chain<Value, Value> {
        stage ?? Chain { value, _ in value }
    }

    /// The stages of an `if`.
    public static func buildEither<Input, Output>(first stage: Chain<Input, Output>) -> Chain<Input, Output> { stage }

    /// The stages of an `else`.
    public static func buildEither<Input, Output>(second stage: Chain<Input, Output>) -> Chain<Input, Output> { stage }

    /// The sink of an `if`.
    public static func buildEither(first stage: SavingChain<InstanceStream>) -> SavingChain<InstanceStream> { stage }

    /// The sink of an `else`.
    public static func buildEither(second stage: SavingChain<InstanceStream>) -> SavingChain<InstanceStream> { stage }
}

/// A step of a pipeline: it takes what the stage above yields and yields what the stage below takes.
///
/// A stage is a value without state of its own; what it needs for one portion lives in `run`. Roles with more to them —
/// ``Fetcher``, ``Extractor``, ``Sink``, ``Finisher`` — fix the types and supply `run`.
public protocol Stage<Input, Output>: Sendable {
    /// What it takes from the stage above.
    associatedtype Input: Sendable
    /// What it gives to the stage below.
    associatedtype Output: Sendable

    /// Does the step for one portion, or for one study below a sink. Streams are answered at once and do their work when they
    /// are pulled. A thrown error fails the portion; the job goes on unless the error reaches further.
    @concurrent func run(_ input: consuming Input, in context: StageContext) async throws -> Output
}

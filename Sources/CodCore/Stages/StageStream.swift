/// What one stage hands the next: elements of one portion, in order, read once, pulled by the stage below.
///
/// Nothing is fetched or decoded until the stage below asks for the next element; that demand is the back-pressure, and there
/// is no queue. An error that is thrown ends the stream.
public struct StageStream<Element: Sendable>: AsyncSequence, Sendable {
    /// A stage may throw any error.
    public typealias Failure = any Error

    /// The portion that the elements come from.
    public let portion: Portion
    private let makeIterator: @Sendable () -> AsyncIterator

    /// Makes a stream whose iterators `makeIterator` makes; it is called once by the stage below.
    public init(of portion: Portion, _ makeIterator: @escaping @Sendable () -> AsyncIterator) {
        self.portion = portion
        self.makeIterator = makeIterator
    }

    /// Begins to read. A stream is read once.
    public func makeAsyncIterator() -> AsyncIterator { makeIterator() }

    /// Pulls one element after the other. It runs where its caller runs: no hop between threads.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let step: nonisolated(nonsending) () async throws -> Element?

        /// Makes an iterator of a step that answers the next element, and `nil` at the end.
        public init(_ step: nonisolated(nonsending) @escaping () async throws -> Element?) {
            self.step = step
        }

        /// Pulls the next element; `nil` at the end. After an error nothing more is to be asked.
        public mutating func next() async throws -> Element? { try await step() }

        /// The same, for whoever iterates on an actor.
        public mutating func next(isolation: isolated (any Actor)?) async throws -> Element? { try await step() }
    }
}

/// The bytes of a portion, as they arrive.
public typealias ByteStream = StageStream<ByteChunk>

/// The instances of a portion, as they are read out of its archive; see ``InstanceEvent`` for the order.
public typealias InstanceStream = StageStream<InstanceEvent>

public import CodCore

/// Keeps some instances of a stream and leaves out or refuses the others, by what is known before a byte of them is read.
///
/// It stands between an extractor and a sink. The bytes of what it turns away are still fetched, and fetched again by the next run: where
/// identifiers or modalities decide, a ``Selection`` in the request saves the transfer.
public struct InstanceFilter: Stage {
    private let filter: @Sendable (InstanceStream) -> InstanceStream

    /// Keeps the instances that `isKept` answers true for; the others are left out in silence.
    public init(keeping isKept: @escaping @Sendable (Instance) -> Bool) {
        filter = { $0.keeping(isKept) }
    }

    /// Keeps the instances with these identifiers; the others are left out in silence.
    public init(keepingUIDs uids: Set<String>) {
        self.init { uids.contains($0.uid) }
    }

    /// Keeps the instances whose size in bytes is in `range`; the others are left out in silence.
    public init(keepingByteCounts range: some RangeExpression<Int64> & Sendable) {
        self.init { range.contains($0.byteCount) }
    }

    /// Refuses the instances that `isRefused` answers true for: each is reported as a failure (``CodError/Code/refused``).
    ///
    /// - Parameters:
    ///   - reason: why, as the end of the sentence `It was refused: …`, such as `it is larger than 1 GiB`.
    ///   - isRefused: whether an instance is refused; called for each, before its bytes are read.
    public init(refusing reason: String, where isRefused: @escaping @Sendable (Instance) -> Bool) {
        filter = { instances in
            instances.observing { event in
                guard case .begin(let instance) = event, isRefused(instance) else { return }
                throw CodError(
                    .refused, "An instance of \(instance.byteCount) bytes was not saved. It was refused: \(reason).",
                    recovery: "Change the filter to save it.", reach: .instance)
            }
        }
    }

    /// Passes instances on, or keeps them back, as the filter says.
    @concurrent public func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        filter(input)
    }
}

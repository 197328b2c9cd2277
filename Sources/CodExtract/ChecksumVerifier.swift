public import CodCore

/// Compares every instance with the crc32c that its metadata gives, before a sink may publish it.
///
/// The end of an instance whose bytes differ becomes a failure (``CodError/Code/checksumMismatch``), so a sink that publishes after
/// the end of a body never publishes it. Other instances end with the crc32c that was computed, also those that the metadata gives none
/// for. No byte is held back or copied.
public struct ChecksumVerifier: Stage {
    /// A verifier; it has nothing to set.
    public init() {}

    /// Passes all on, and turns the end of an instance whose bytes have another checksum into a failure
    /// (``CodError/Code/checksumMismatch``).
    @concurrent public func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        let instances = input
        return InstanceStream(of: instances.portion) {
            var source = instances.makeAsyncIterator()
            var instance: Instance?
            var running = RunningCRC32C()
            return InstanceStream.AsyncIterator {
                guard let event = try await source.next() else { return nil }
                switch event {
                case .begin(let begun):
                    instance = begun
                    running = RunningCRC32C()
                case .bytes(let chunk): running.update(chunk)
                case .end:
                    guard let ended = instance.take() else { return event }
                    return Self.verdict(on: ended, running.checksum)
                case .failed: instance = nil
                }
                return event
            }
        }
    }

    private static func verdict(on instance: Instance, _ computed: CRC32C) -> InstanceEvent {
        guard let expected = instance.checksum, expected != computed else { return .end(checksum: computed) }
        return .failed(
            CodError(
                .checksumMismatch,
                "The crc32c of the instance's \(instance.byteCount) bytes is \(computed); the metadata says \(expected).",
                recovery: "Run the same command again. If it stays so, the store holds a damaged instance: tell who runs it.",
                reach: .instance
            ).located(in: instance.series, instance: instance.uid))
    }
}

/// The bytes of one instance, lent to a sink chunk by chunk.
///
/// It cannot be copied or stored, so nobody holds a whole instance by accident.
public struct InstanceBody: ~Copyable {
    private let pull: nonisolated(nonsending) () async throws -> InstanceEvent?
    /// Whether the last byte, or the failure of the instance, was answered.
    public private(set) var isAtEnd = false
    /// The checksum of the whole body: known after the last chunk, and only when a stage above computed it.
    public private(set) var checksum: CRC32C?

    package init(_ pull: nonisolated(nonsending) @escaping () async throws -> InstanceEvent?) {
        self.pull = pull
    }

    /// The next bytes; `nil` when the instance is whole and has passed every check above.
    ///
    /// It throws when the instance failed a check or its archive broke off. A sink that publishes only after `nil` therefore
    /// never publishes a bad file.
    public mutating func next() async throws -> ByteChunk? {
        guard !isAtEnd else { return nil }
        switch try await pull() {
        case .bytes(let chunk):
            return chunk
        case .end(let checksum):
            isAtEnd = true
            self.checksum = checksum
            return nil
        case .failed(let error):
            isAtEnd = true
            throw error
        case .begin, nil:
            throw CodError(.damagedArchive, "The archive ended inside an instance.")
        }
    }
}

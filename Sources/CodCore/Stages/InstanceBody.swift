/// The bytes of one instance, lent to a sink chunk by chunk.
///
/// It cannot be copied or stored, so nobody holds a whole instance by accident.
public struct InstanceBody: ~Copyable {
    private let pull: nonisolated(nonsending) () async throws -> InstanceEvent?
    /// Whether the last byte, or the failure of the instance, was answered.
    public private(set) var isAtEnd = false
    /// The checksum of the whole body: known after the last chunk, and only when a stage above computed it.
    public private(set) var checksum: CRC32C?
    /// Why the stream that it is part of broke off inside of it.
    private var breakage: (any Error)?

    package init(_ pull: nonisolated(nonsending) @escaping () async throws -> InstanceEvent?) {
        self.pull = pull
    }

    /// The next bytes; `nil` when the instance is whole and has passed every check above.
    ///
    /// It throws when the instance failed a check or its archive broke off. A sink that publishes only after `nil` therefore
    /// never publishes a bad file. Once the archive broke off, every call throws the same: nothing is asked of the store again.
    public mutating func next() async throws -> ByteChunk? {
        guard !isAtEnd else { return nil }
        if let breakage { throw breakage }
        let event: InstanceEvent?
        do { event = try await pull() } catch {
            breakage = error
            throw error
        }
        switch event {
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
            let error = CodError(.damagedArchive, "The archive ended inside an instance.")
            breakage = error
            throw error
        }
    }
}

/// Keeps count of a portion's bytes over any number of connections: where to go on, when it is whole, when to give up. Of a whole
/// archive that may hold instances without a checksum of their own, it compares the crc32c with the store's.
struct Resumption {
    private let portion: Portion
    private var retrier: Retrier
    /// How many bytes have been passed on: where the next connection begins.
    private(set) var receivedByteCount: Int64 = 0
    private(set) var isComplete = false

    /// The store's crc32c of the portion and that of the bytes so far, where they are to be compared.
    private let expectedChecksum: CRC32C?
    private var running = RunningCRC32C()

    init(portion: Portion, policy: RetryPolicy, verifiesArchive: Bool = true) {
        self.portion = portion
        retrier = Retrier(policy)
        expectedChecksum = verifiesArchive ? portion.checksumInDoubt : nil
    }

    /// Counts a chunk. Throws when more came than the portion has.
    mutating func received(_ chunk: ByteChunk) throws {
        receivedByteCount += Int64(chunk.count)
        retrier.received(chunk.count)
        if expectedChecksum != nil { running.update(chunk) }
        guard let expected = portion.byteCount, receivedByteCount > expected else { return }
        throw CodError(
            .protocolViolation, "More than the \(expected) bytes asked for came from \(portion.archive.url).",
            recovery: "Something between here and the store alters what it sends: try another network or proxy."
        ).located(in: portion.series)
    }

    /// Counts the end of a body. Throws when bytes are missing, or when all of them have another crc32c than the store lists.
    mutating func ended() throws {
        guard let expected = portion.byteCount, receivedByteCount < expected else {
            if let expectedChecksum, expectedChecksum != running.checksum { throw mismatch(expectedChecksum) }
            isComplete = true
            return
        }
        throw CodError(
            .truncated, "The body of \(portion.archive.url) ended after \(receivedByteCount) of \(expected) bytes.",
            recovery: "Run the same command again: it goes on from what is saved.", transience: .transient
        ).located(in: portion.series)
    }

    private func mismatch(_ expected: CRC32C) -> CodError {
        CodError(
            .checksumMismatch,
            "The \(receivedByteCount) bytes of the archive \(portion.archive.url) arrived with the crc32c \(running.checksum); the "
                + "store lists \(expected). Instances that have no checksum of their own are not kept.",
            recovery: "Run the same command again. If it stays so, try another network or proxy, or tell who runs the store."
        ).located(in: portion.series)
    }

    /// How long to wait before opening again at ``receivedByteCount``; throws when it is no use. `hasContact`: see ``Retrier``.
    mutating func failed(
        _ error: any Error, jitter: Double, now: Duration, hasContact: Bool, isFirstContact: Bool = false
    ) throws -> Duration {
        try retrier.failed(
            (error as? CodError)?.located(in: portion.series) ?? error, jitter: jitter, now: now, hasContact: hasContact,
            isFirstContact: isFirstContact)
    }
}

import CodCore

/// Keeps count of an object's bytes over any number of connections: where to go on, when it is whole and right, when to give up.
///
/// For objects that are read whole and passed on as they come, so nothing can be taken back.
struct ObjectReading {
    let object: StoredObject
    private(set) var isComplete = false
    private let subject: RequestSubject
    private var attempts: Attempts
    private var checksum = RunningCRC32C()
    private var receivedByteCount: Int64 = 0
    /// Whether the bytes are those of the store, so that sizes and checksums can be compared.
    private var isAsStored = true

    init(_ object: StoredObject, about subject: RequestSubject, policy: RetryPolicy) {
        self.object = object
        self.subject = subject
        attempts = Attempts(policy)
    }

    /// What the next request asks for.
    var wantedBytes: RequestedBytes {
        RequestedBytes(
            start: receivedByteCount, end: nil, objectByteCount: object.byteCount, generation: object.generation)
    }

    /// Takes what was decided on an answer: how many bytes of its body to pass over; `nil` when there is nothing left to read.
    mutating func opened(_ decision: RequestedBytes.Decision) throws(CodError) -> Int64? {
        switch decision {
        case .accept(let skippedByteCount):
            guard isAsStored || receivedByteCount == 0 else { throw CodError.decompressed(subject) }
            isAsStored = true
            return skippedByteCount
        case .nothingLeft:
            return nil
        case .decompressed:
            guard receivedByteCount == 0 else { throw CodError.decompressed(subject) }
            isAsStored = false
            return 0
        case .changed(let reason): throw CodError.changed(subject, reason)
        case .violation(let reason): throw CodError.violation(subject, reason)
        }
    }

    /// Counts a chunk.
    mutating func received(_ chunk: ByteChunk) throws(CodError) {
        receivedByteCount += Int64(chunk.count)
        checksum.update(chunk)
        attempts.received(chunk.count)
        guard isAsStored, let expected = object.byteCount, receivedByteCount > expected else { return }
        var error = CodError.violation(subject, "it has more than the \(expected) bytes that were listed")
        error.transience = .final
        throw error
    }

    /// Counts the end of a body. Throws when bytes are missing or are not those that were stored.
    mutating func ended() throws(CodError) {
        if isAsStored, let expected = object.byteCount, receivedByteCount < expected {
            throw CodError(
                .truncated, "The body of \(subject.displayName) ended after \(receivedByteCount) of \(expected) bytes.",
                recovery: "Run the same command again: it goes on from what is saved.", transience: .transient)
        }
        if isAsStored, let expected = object.checksum, expected != checksum.checksum {
            throw CodError(
                .checksumMismatch,
                "The \(receivedByteCount) bytes of \(subject.displayName) arrived with the crc32c \(checksum.checksum); the store lists \(expected).",
                recovery: "Run the same command again.")
        }
        isComplete = true
    }

    /// How long to wait before opening again; throws when it is no use. `hasContact`: see ``Retrier``.
    mutating func failed(_ error: any Error, jitter: Double, now: Duration, hasContact: Bool) throws -> Duration {
        guard let error = error as? CodError else { throw error }
        guard isAsStored || receivedByteCount == 0 else {
            // What has been passed on cannot be continued: where a second body goes on is not known.
            var final = error
            final.transience = .final
            throw subject.locate(final)
        }
        return try attempts.failed(subject.locate(error), jitter: jitter, now: now, hasContact: hasContact)
    }
}

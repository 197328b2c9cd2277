public import CodCore

/// Reads archives out of a bucket of Google Cloud Storage, each lane over a connection of its own.
///
/// Every request is pinned to the generation that the plan was made from, and asks for the bytes that are still missing only.
public struct GCSFetcher: Fetcher {
    private let client: GCSClient

    /// Reads from a bucket. What is wrong with the bucket or the options is thrown when the first portion is opened.
    ///
    /// To share connections with a catalog, make both from one ``GCSBucket``.
    public init(_ bucket: BucketDetails, options: GCSOptions = GCSOptions()) {
        self.init(client: GCSClient(bucket, options: options))
    }

    init(client: GCSClient) {
        self.client = client
    }

    /// Asks for the bytes that are missing of the portion, over the lane's connection. Throws ``CodError/Code/objectChanged``
    /// where the archive is of another generation; what the network or the store may do better the next time is transient.
    public func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream {
        let archive = portion.archive
        let address = try client.address
        try ObjectName.check(archive.objectName)
        let subject = RequestSubject(
            kind: .object, displayName: "gs://\(address.bucket)/\(archive.objectName)", series: archive.series)
        guard let wanted = try RequestedBytes(portion, from: offset) else { return .empty(of: portion) }
        let answer = try await client.get(
            address.media(of: archive.objectName, generation: wanted.generation), range: wanted.rangeHeader, about: subject,
            over: client.archiveConnections(forLane: Lane.current))
        // The service names a generation, whatever type an object was stored with; a portal does not.
        if answer.head.isWebPage, answer.head.generation == nil {
            throw subject.locate(.violation(subject, "it is a web page"))
        }
        let skippedByteCount: Int64
        switch wanted.decision(on: answer.head) {
        case .accept(let count): skippedByteCount = count
        case .nothingLeft: return .empty(of: portion)
        case .decompressed: throw subject.locate(.decompressed(subject))
        case .changed(let reason): throw subject.locate(.changed(subject, reason))
        case .violation(let reason): throw subject.locate(.violation(subject, reason))
        }
        let window = ByteWindow(skippedByteCount: skippedByteCount, byteCount: wanted.byteCount)
        return ByteStream(of: portion) {
            var body = AnswerBody(answer, window: window)
            return ByteStream.AsyncIterator { try await body.next() }
        }.limited(by: client.rateLimiter)
    }

    /// The thread that the lane's bytes arrive on. It lasts as long as the fetcher, or a copy of it.
    public func executor(forLane lane: Int) -> (any TaskExecutor)? {
        client.archiveConnections(forLane: lane).executor
    }
}

extension RequestedBytes {
    /// The bytes of a portion that are still missing; `nil` when none are.
    init?(_ portion: Portion, from offset: Int64) throws(CodError) {
        let range = portion.byteRange ?? 0..<(portion.archive.byteCount ?? .max)
        let (start, overflow) = range.lowerBound.addingReportingOverflow(offset)
        guard offset >= 0, range.lowerBound >= 0, !overflow else {
            throw CodError(
                .protocolViolation, "Byte \(offset) of the bytes \(range) of \(portion.archive.url) does not exist."
            ).located(in: portion.series)
        }
        if start >= range.upperBound { return nil }
        let isOpenEnded = portion.byteRange == nil && portion.archive.byteCount == nil
        self.init(
            start: start, end: isOpenEnded ? nil : range.upperBound, objectByteCount: portion.archive.byteCount,
            generation: portion.archive.generation)
    }
}

extension ByteStream {
    /// A stream that ends at once.
    fileprivate static func empty(of portion: Portion) -> ByteStream {
        ByteStream(of: portion) { ByteStream.AsyncIterator { nil } }
    }
}

/// Turns the bytes of an archive into instances.
///
/// An extractor only names its decoder; matching entries with the plan, refusing what must not be extracted, and noticing what
/// is missing are done here, once, for every format.
public protocol Extractor: Stage where Input == ByteStream, Output == InstanceStream {
    /// What reads its format.
    associatedtype Decoder: ArchiveDecoder & SendableMetatype

    /// A decoder for one portion.
    func makeDecoder() -> Decoder
}

extension Extractor {
    /// Reads the archive as its bytes are pulled. An entry that is none of the portion's instances is passed over, one that must
    /// not be extracted fails by itself, and at the end each instance that did not come does. Bytes that are no archive end the
    /// stream.
    @concurrent public func run(_ input: consuming ByteStream, in context: StageContext) async throws -> InstanceStream {
        let bytes = input
        return InstanceStream(of: bytes.portion) {
            var source = bytes.makeAsyncIterator()
            var decoder = self.makeDecoder()
            var matcher = EntryMatcher(portion: bytes.portion)
            var isAtEnd = false
            return InstanceStream.AsyncIterator {
                while true {
                    if let event = try bytes.portion.locating({ () throws(Decoder.Failure) in try decoder.next() }) {
                        guard let matched = matcher.match(event) else { continue }
                        if case .end = matched, let instance = matcher.lastEnded { context.meter.extracted(instance) }
                        return matched
                    }
                    if isAtEnd { return matcher.nextMissing().map { .failed($0) } }
                    if let chunk = try await source.next() {
                        decoder.push(chunk)
                    } else {
                        try bytes.portion.locating { () throws(Decoder.Failure) in try decoder.finish() }
                        isAtEnd = true
                        context.meter.extracted(bytes.portion)
                        if !matcher.unlisted.isEmpty {
                            context.notice(
                                "Instances in the archive of series \(bytes.portion.series) that its metadata does not list: "
                                    + "\(matcher.unlisted.count). They are kept; only the archive's checksum, where the store lists one, tells whether they are whole."
                            )
                        }
                    }
                }
            }
        }
    }
}

extension Portion {
    /// Lets a decoder's error say which archive it speaks of, and count from the first byte of that archive.
    fileprivate func locating<Result, Failure: Error>(_ decode: () throws(Failure) -> Result) throws -> Result {
        do {
            return try decode()
        } catch {
            guard var error = error as? CodError else { throw error }
            if let offset = error.byteOffset {
                let offset = offset + (byteRange?.lowerBound ?? 0)
                error.byteOffset = offset
                error.message += " This is at byte \(offset) of \(archive.url)."
            }
            throw error.located(in: series)
        }
    }
}

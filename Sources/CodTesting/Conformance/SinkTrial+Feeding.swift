import CodCore

extension SinkTrial {
    func instance(_ uid: String, byteCount: Int = 5000, series: String = "series") -> Instance {
        Instance(series: SeriesID(study: "study", series: series), uid: uid, byteCount: Int64(byteCount))
    }

    /// Prepares the sink, runs `body`, closes the sink.
    func run(_ body: (SinkUnderTest) async throws -> Void) async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        do {
            try await body(sink)
        } catch {
            try? await sink.close()
            throw error
        }
        try await sink.close()
    }

    /// Bytes that tell instances and places in them apart.
    static func bytes(of instance: Instance) -> [UInt8] {
        var state = instance.path.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return (0..<instance.byteCount).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    static func events(
        of instance: Instance, announcedAs announced: Instance? = nil, chunkByteCount: Int = 1000
    ) -> [InstanceEvent] {
        let bytes = bytes(of: instance)
        let chunks = stride(from: 0, to: bytes.count, by: chunkByteCount).map { start in
            InstanceEvent.bytes(ByteChunk(bytes[start..<min(start + chunkByteCount, bytes.count)]))
        }
        return [.begin(announced ?? instance)] + chunks + [.end(checksum: nil)]
    }
}

extension Archive {
    static func conformance(_ series: SeriesID) -> Archive {
        Archive(series: series, url: "conformance:\(series).tar", objectName: "\(series).tar", byteCount: nil)
    }
}

extension Sink {
    /// Feeds the sink a portion of these events.
    func save(
        _ events: [InstanceEvent], of instances: [Instance], endingWith error: CodError? = nil
    ) async throws -> SavedSeries {
        let series = instances.first?.series ?? SeriesID(study: "study", series: "series")
        let portion = Portion(
            archive: .conformance(series), byteRange: nil,
            instances: instances.map { PlannedInstance(uid: $0.uid, byteCount: $0.byteCount) })
        let stream = InstanceStream(of: portion) {
            var rest = events[...]
            return InstanceStream.AsyncIterator {
                if let event = rest.popFirst() { return event }
                if let error { throw error }
                return nil
            }
        }
        return try await run(stream, in: StageContext())
    }
}

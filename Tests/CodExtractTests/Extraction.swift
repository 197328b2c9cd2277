import CodCore
import CodExtract

/// What comes out of a tar at the end of extractor and verifier.
struct Extraction {
    /// The instances that ended well, with their bytes.
    var instances: [String: [UInt8]] = [:]
    /// Every instance that was begun, in order.
    var begun: [String] = []
    var failures: [CodError] = []
    /// The error that ended the stream.
    var error: CodError?

    var codes: [CodError.Code] { failures.map(\.code) }

    /// Runs a tar through ``TarExtractor``, and ``ChecksumVerifier`` too where that is asked for.
    init(
        _ bytes: [UInt8], expecting instances: [PlannedInstance] = [], keepsUnlisted: Bool = true, from offset: Int64 = 0,
        chunkByteCount: Int = 1000, verifying: Bool = false
    ) async throws {
        let stream = Self.byteStream(
            bytes, portion: .test(instances, keepsUnlisted: keepsUnlisted, byteRange: offset..<(offset + Int64(bytes.count))),
            chunkByteCount: chunkByteCount)
        var events = try await TarExtractor().run(stream, in: StageContext())
        if verifying { events = try await ChecksumVerifier().run(events, in: StageContext()) }
        try await read(events)
    }

    private mutating func read(_ events: InstanceStream) async throws {
        var uid = ""
        var bytes: [UInt8] = []
        do {
            for try await event in events {
                switch event {
                case .begin(let instance):
                    (uid, bytes) = (instance.uid, [])
                    begun.append(uid)
                case .bytes(let chunk): bytes += chunk.array
                case .end: instances[uid] = bytes
                case .failed(let error): failures.append(error)
                }
            }
        } catch let error as CodError {
            self.error = error
        }
    }

    static func byteStream(_ bytes: [UInt8], portion: Portion, chunkByteCount: Int) -> ByteStream {
        ByteStream(of: portion) {
            var offset = 0
            return ByteStream.AsyncIterator {
                guard offset < bytes.count else { return nil }
                defer { offset += chunkByteCount }
                return ByteChunk(bytes[offset..<min(offset + chunkByteCount, bytes.count)])
            }
        }
    }
}

extension Portion {
    static func test(
        _ instances: [PlannedInstance] = [], keepsUnlisted: Bool = true, byteRange: Range<Int64>? = nil
    ) -> Portion {
        let series = SeriesID(study: "study", series: "series")
        return Portion(
            archive: Archive(series: series, url: "gs://bucket/series.tar", objectName: "series.tar", byteCount: nil),
            byteRange: byteRange, instances: instances, keepsUnlisted: keepsUnlisted)
    }
}

extension ByteChunk {
    var array: [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}

/// The entries and the bodies of a tar, in order, as the decoder alone finds them.
func decode(_ bytes: [UInt8], chunkByteCount: Int = .max) throws(CodError) -> [(entry: ArchiveEntry, body: [UInt8])] {
    var decoder = TarDecoder()
    var found: [(entry: ArchiveEntry, body: [UInt8])] = []
    func drain() throws(CodError) {
        while let event = try decoder.next() {
            switch event {
            case .begin(let entry): found.append((entry, []))
            case .bytes(let chunk): found[found.count - 1].body += chunk.array
            case .end: break
            }
        }
    }
    var offset = 0
    while offset < bytes.count {
        let end = min(bytes.count - offset, chunkByteCount) + offset
        decoder.push(ByteChunk(bytes[offset..<end]))
        offset = end
        try drain()
    }
    try decoder.finish()
    try drain()
    return found
}

import CodCore

extension SeriesID {
    static let example = SeriesID(study: "study", series: "series")
}

extension Portion {
    /// A portion of a small archive for tests of single stages.
    static func example(
        _ instances: [PlannedInstance] = [], byteRange: Range<Int64>? = nil, keepsUnlisted: Bool = false
    ) -> Portion {
        let archive = Archive(series: .example, url: "gs://bucket/series.tar", objectName: "series.tar", byteCount: nil)
        return Portion(archive: archive, byteRange: byteRange, instances: instances, keepsUnlisted: keepsUnlisted)
    }
}

extension Instance {
    static func example(_ uid: String, byteCount: Int64 = 3, checksum: CRC32C? = nil) -> Instance {
        Instance(series: .example, uid: uid, byteCount: byteCount, checksum: checksum)
    }
}

extension StageStream {
    /// A stream of these elements, and then of the error, if there is one.
    static func example(_ elements: [Element], of portion: Portion = .example(), error: (any Error)? = nil) -> Self {
        Self(of: portion) {
            var rest = elements[...]
            return AsyncIterator {
                if let element = rest.popFirst() { return element }
                if let error { throw error }
                return nil
            }
        }
    }
}

extension [InstanceEvent] {
    /// An instance whose bytes are its identifier's.
    static func whole(_ uid: String) -> Self {
        let bytes = ByteChunk(uid.utf8)
        return [.begin(.example(uid, byteCount: Int64(bytes.count))), .bytes(bytes), .end(checksum: nil)]
    }

    /// Short words for events: `begin a`, `bytes abc`, `end`, `end e3069283`, `failed refused a`.
    var words: [String] {
        map { event in
            switch event {
            case .begin(let instance): "begin \(instance.uid)"
            case .bytes(let chunk): "bytes \(String(decoding: chunk.bytes, as: UTF8.self))"
            case .end(let checksum): checksum.map { "end \($0)" } ?? "end"
            case .failed(let error): "failed \(error.code) \(error.instance ?? "-")"
            @unknown default: "?"
            }
        }
    }
}

extension AsyncSequence {
    func collected() async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }
}

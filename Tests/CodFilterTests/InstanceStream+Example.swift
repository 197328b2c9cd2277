import CodCore

extension InstanceStream {
    /// A stream of whole instances of these identifiers and sizes.
    static func example(_ instances: [(uid: String, byteCount: Int)]) -> InstanceStream {
        let series = SeriesID(study: "1.2", series: "1.2.3")
        let archive = Archive(series: series, url: "memory", objectName: "memory", byteCount: nil)
        let events = instances.flatMap { uid, byteCount -> [InstanceEvent] in
            let begin = InstanceEvent.begin(Instance(series: series, uid: uid, byteCount: Int64(byteCount)))
            let bytes = byteCount > 0 ? [InstanceEvent.bytes(ByteChunk(Array(repeating: 1, count: byteCount)))] : []
            return [begin] + bytes + [.end(checksum: nil)]
        }
        return InstanceStream(of: Portion(archive: archive, byteRange: nil, instances: [])) {
            var rest = events[...]
            return AsyncIterator { rest.popFirst() }
        }
    }

    /// A word for each instance: its identifier when it came whole, `refused <uid>` when it was refused.
    func summaries() async throws -> [String] {
        var summaries: [String] = []
        var open: (uid: String, rest: Int64)?
        for try await event in self {
            switch event {
            case .begin(let instance): open = (instance.uid, instance.byteCount)
            case .bytes(let chunk): open?.rest -= Int64(chunk.count)
            case .end:
                summaries.append(open.map { $0.rest == 0 ? $0.uid : "\($0.uid) is not whole" } ?? "an end without a beginning")
            case .failed(let error): summaries.append("\(error.code) \(error.instance ?? "-")")
            @unknown default: summaries.append("?")
            }
        }
        return summaries
    }
}

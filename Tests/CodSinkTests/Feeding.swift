import CodCore
import TestSupport

let series = SeriesID(study: "1.2.3", series: "4.5.6")

func instance(_ uid: String = "7", _ byteCount: Int = 10, of series: SeriesID = series, checksum: CRC32C? = nil) -> Instance {
    Instance(series: series, uid: uid, byteCount: Int64(byteCount), checksum: checksum)
}

func planned(_ uid: String, _ byteCount: Int64?, checksum: CRC32C? = nil) -> PlannedInstance {
    PlannedInstance(uid: uid, byteCount: byteCount, checksum: checksum)
}

func plan(_ instances: [PlannedInstance], of series: SeriesID = series) -> SeriesPlan {
    let archive = Archive(series: series, url: "test:\(series)", objectName: "\(series).tar", byteCount: nil)
    return SeriesPlan(id: series, state: .retrievable(archive), instances: instances)
}

/// The events of an instance whose body is `text`.
func events(_ text: String, of instance: Instance, chunkByteCount: Int = 4) -> [InstanceEvent] {
    let bytes = Array(text.utf8)
    let chunks = stride(from: 0, to: bytes.count, by: chunkByteCount).map {
        InstanceEvent.bytes(ByteChunk(bytes[$0..<min($0 + chunkByteCount, bytes.count)]))
    }
    var checksum = RunningCRC32C()
    checksum.update(ByteChunk(bytes))
    return [.begin(instance)] + chunks + [.end(checksum: checksum.checksum)]
}

func checksum(of text: String) -> CRC32C {
    var checksum = RunningCRC32C()
    checksum.update(ByteChunk(text.utf8))
    return checksum.checksum
}

extension Sink {
    /// Runs one portion of these events; `between` is called before each of them.
    @discardableResult
    func feed(
        _ events: [InstanceEvent], of series: SeriesID = series, between: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) async throws -> SavedSeries {
        try await runPortion(of: series, events, between: between)
    }

    /// A whole run that saves one instance whose body is `text`.
    @discardableResult
    func runSaving(_ text: String, as uid: String, of series: SeriesID = series) async throws -> SavedSeries {
        try await prepare(for: RetrievalPlan(studies: []))
        let result = try await feed(events(text, of: instance(uid, text.utf8.count, of: series)), of: series)
        try await close()
        return result
    }
}

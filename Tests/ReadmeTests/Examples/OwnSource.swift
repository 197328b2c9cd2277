import CodCore

// begin
/// Archives that are in memory.
struct MemoryStore: Catalog, Fetcher {
    struct Entry {
        let archive: [UInt8]
        let instances: [PlannedInstance]
    }

    let series: [SeriesID: Entry]

    func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        let studies = request.studies.map { uid in
            let plans = series.filter { $0.key.study == uid && request.selection.admits(series: $0.key.series) }.map {
                id, entry in
                let archive = Archive(
                    series: id, url: "memory:\(id).tar", objectName: "\(id).tar", byteCount: Int64(entry.archive.count))
                return SeriesPlan(id: id, state: .retrievable(archive), instances: entry.instances)
            }
            let absence = CodError(.studyNotFound, "The study \(uid) is not in memory.", reach: .study)
            return StudyPlan(uid: uid, series: plans, failure: plans.isEmpty ? absence : nil)
        }
        return RetrievalPlan(studies: studies, catalog: self, selection: request.selection)
    }

    func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream {
        guard let bytes = series[portion.series]?.archive else {
            throw CodError(.objectNotFound, "\(portion.archive.url) is not in memory.")
        }
        let range = portion.byteRange ?? 0..<Int64(bytes.count)
        let wanted = bytes.prefix(Int(range.upperBound)).dropFirst(Int(range.lowerBound + offset))
        return ByteStream(of: portion) {
            var rest = wanted
            return ByteStream.AsyncIterator {
                defer { rest = rest.dropFirst(65_536) }
                return rest.isEmpty ? nil : ByteChunk(rest.prefix(65_536))
            }
        }
    }
}
// end

package import CodCore

extension Sink {
    /// Runs one portion of a series, of these events; `between` is called before each of them, and once behind the last.
    @discardableResult
    package func runPortion(
        of series: SeriesID, _ events: [InstanceEvent], between: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) async throws -> SavedSeries {
        let archive = Archive(series: series, url: "test:\(series)", objectName: "\(series).tar", byteCount: nil)
        let stream = InstanceStream(of: Portion(archive: archive, byteRange: nil, instances: [])) {
            var position = 0
            return InstanceStream.AsyncIterator {
                try between(position)
                guard position < events.count else { return nil }
                defer { position += 1 }
                return events[position]
            }
        }
        return try await run(stream, in: StageContext())
    }
}

import CodCore
import CodExtract

/// Reads one instance out of an archive as a download does: a range, extracted and verified. The bytes go nowhere.
struct InstanceRead {
    let portion: Portion
    /// Whether there is a checksum to compare with.
    let hasChecksum: Bool

    /// The instance of a series that tells most and costs least: of those with a place and a checksum the smallest; `nil` for a series
    /// without an archive or instances.
    init?(of series: SeriesPlan) {
        func rank(_ instance: PlannedInstance) -> (Int, Int64) {
            ((instance.checksum == nil ? 1 : 0) + (instance.dataOffset == nil ? 2 : 0), instance.byteCount ?? .max)
        }
        guard let chosen = series.instances.min(by: { rank($0) < rank($1) }) else { return nil }
        var alone = series
        for position in alone.instances.indices {
            alone.instances[position].isWanted = alone.instances[position].uid == chosen.uid
        }
        guard let portion = Planner().portions(of: alone).first else { return nil }
        self.portion = portion
        hasChecksum = chosen.checksum != nil
    }

    /// Reads it; throws the instance's failure. Answers the instance's bytes.
    func run(_ fetcher: any Fetcher) async throws -> Int64 {
        let context = StageContext()
        let instances = try await ChecksumVerifier().run(
            try await TarExtractor().run(try await fetcher.open(portion, at: 0), in: context), in: context)
        var byteCount: Int64 = 0
        for try await event in instances {
            switch event {
            case .bytes(let chunk): byteCount += Int64(chunk.count)
            case .failed(let error): throw error
            default: break
            }
        }
        return byteCount
    }
}

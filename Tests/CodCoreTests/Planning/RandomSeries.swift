import CodCore

/// A series with random entries, laid out as a tar writer does, and where its entries truly lie.
struct RandomSeries {
    let plan: SeriesPlan
    /// Where each listed entry begins and ends, headers and padding included.
    let entries: [String: Range<Int64>]
    let archiveByteCount: Int64

    /// - Parameter unlistedShare: how many of ten entries the metadata does not list.
    init(seed: UInt64, instanceCount: Int, maximumByteCount: Int64 = 3_000_000, unlistedShare: Int = 0) {
        var random = SeededGenerator(seed: seed)
        var instances: [PlannedInstance] = []
        var entries: [String: Range<Int64>] = [:]
        var end: Int64 = 0
        var listedEnd: Int64 = 0
        for number in 0..<instanceCount {
            let headers = Int64([512, 1536, 2048].randomElement(using: &random) ?? 512)
            let byteCount = Int64.random(in: 0...maximumByteCount, using: &random)
            let dataOffset = end + headers
            end = dataOffset + (byteCount + 511) / 512 * 512
            if Int.random(in: 0..<10, using: &random) < unlistedShare { continue }
            let uid = "1.2.\(number)"
            instances.append(PlannedInstance(uid: uid, byteCount: byteCount, dataOffset: dataOffset))
            // What the metadata does not list belongs to the listed entry that follows.
            entries[uid] = listedEnd..<end
            listedEnd = end
        }
        archiveByteCount = end + 1024
        self.entries = entries
        instances.shuffle(using: &random)
        let id = SeriesID(study: "1.2", series: "1.2.\(seed)")
        plan = SeriesPlan(
            id: id,
            state: .retrievable(
                Archive(series: id, url: "https://store/\(id).tar", objectName: "\(id).tar", byteCount: archiveByteCount)),
            instances: instances)
    }

    /// A random part of the instances.
    func someUIDs(of ten: Int, seed: UInt64) -> Set<String> {
        var random = SeededGenerator(seed: seed)
        return Set(plan.instances.map(\.uid).sorted().filter { _ in Int.random(in: 0..<10, using: &random) < ten })
    }
}

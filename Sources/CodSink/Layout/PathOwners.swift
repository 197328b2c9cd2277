internal import CodCore

/// Which instance each path of an output folder was given to, by the records of earlier runs: no other one gets it, also when its file is
/// gone. Sixteen bytes and some an instance: digests, by which at worst a path counts as taken that is free.
struct PathOwners: Sendable {
    private var owners: [Int: Int] = [:]

    /// Reads all records below an output folder, one series after the other. Blocks on the disk.
    init(in root: OpenFile) throws {
        try root.forEachRecordedSeries { _, _ in
        } _: { series in
            try BlockingCancellation.check()
            let records = SeriesRecords(of: series, in: root)
            for uid in records.instances {
                if let path = records[instance: uid]?.path { add(path, of: uid, in: series) }
            }
        }
    }

    init() {}

    /// Notes a path. Of two that claim one, neither has it.
    mutating func add(_ path: String, of uid: String, in series: SeriesID) {
        let (key, owner) = (FileLayout.key(of: path).hashValue, Self.owner(uid, series))
        owners[key] = owners[key, default: owner] == owner ? owner : 0
    }

    /// Whether a path is another instance's.
    func isOthers(_ path: String, than uid: String, in series: SeriesID) -> Bool {
        owners[FileLayout.key(of: path).hashValue].map { $0 != Self.owner(uid, series) } ?? false
    }

    private static func owner(_ uid: String, _ series: SeriesID) -> Int { "\(series)/\(uid)".hashValue }
}

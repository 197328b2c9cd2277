internal import CodCore
internal import SystemPackage

/// Finds the files of a series' instances where a layout puts them: where its record says, and where there is none, where the plan does.
///
/// A file without a record counts for an instance only where its name says which it is, or a checksum will: at the same path there may be
/// another instance of the same size.
struct SeriesPathSearch {
    let series: SeriesID
    let layout: FileLayout?
    let records: SeriesRecords
    /// Whether what has no record is compared with its checksum.
    let trustsChecksums: Bool

    /// The regular files that are there, by instance: their paths and sizes.
    func files(
        of wanted: [PlannedInstance], in root: OpenFile
    ) throws(Errno) -> [String: (name: String?, byteCount: Int64)] {
        var folders = PathFolders(root)
        var files: [String: (name: String?, byteCount: Int64)] = [:]
        for instance in wanted {
            for path in candidates(for: instance) {
                guard let byteCount = try folders.byteCount(at: path) else { continue }
                files[instance.uid] = (path, byteCount)
                break
            }
        }
        return files
    }

    private func candidates(for instance: PlannedInstance) -> [String] {
        let usual = OutputLayout.path(of: instance.uid, in: series)
        if let record = records[instance: instance.uid] { return [record.path ?? usual] }
        guard let path = instance.path else { return [usual] }
        if InstanceTarget.isDistinct(path, of: instance.uid, in: series) { return [path] }
        let distinct = FileLayout.distinctPath(path, of: instance.uid, in: series)
        let isKnown = layout?.namesInstance ?? false || trustsChecksums && instance.checksum != nil
        return isKnown ? [distinct, path] : [distinct]
    }
}

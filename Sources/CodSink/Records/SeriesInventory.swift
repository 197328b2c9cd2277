internal import CodCore
internal import SystemPackage

/// Which of a series' wanted instances are saved, judged by the files themselves.
///
/// An instance is held when a regular file of its name has the size that the metadata gives. Where the metadata gives none, a
/// record must have the instance with the file's size. A record of that size whose checksum is not the metadata's says that the
/// file is another version of the instance: it is not held.
struct SeriesInventory: Sendable {
    /// The instances that are saved, in the plan's order.
    private(set) var held: [SavedInstance] = []
    /// The wanted ones that are not.
    private(set) var missing: [PlannedInstance] = []
    /// The identifiers of those of them of which there is a record all the same.
    private(set) var recorded: Set<String> = []

    /// Looks below the output folder `root` (`nil`: there is none yet); `path` is what the user calls it. Changes nothing; blocks on
    /// the disk.
    init(of series: SeriesID, instances: [PlannedInstance], in root: OpenFile?, path: String) throws(Errno) {
        let wanted = instances.filter(\.isWanted)
        guard let root, !wanted.isEmpty else {
            missing = wanted
            return
        }
        let sizes = try Self.sizes(of: wanted, in: root.instancesFolder(of: series))
        let records = SeriesRecords(of: series, in: root)
        for instance in wanted {
            let record = records[instance: instance.uid]
            guard let byteCount = sizes[instance.uid], Self.isHeld(instance, byteCount: byteCount, record: record) else {
                missing.append(instance)
                if record != nil { recorded.insert(instance.uid) }
                continue
            }
            held.append(
                SavedInstance(
                    instance: Instance(
                        series: series, uid: instance.uid, byteCount: byteCount, checksum: instance.checksum),
                    path: OutputLayout.path(of: instance.uid, in: series), root: path,
                    checksum: record.flatMap { $0.byteCount == byteCount ? $0.checksum : nil }, isEarlier: true))
        }
    }

    /// Whether a file of `byteCount` bytes is the instance.
    static func isHeld(_ instance: PlannedInstance, byteCount: Int64, record: SeriesRecords.Record?) -> Bool {
        let record = record?.byteCount == byteCount ? record : nil
        if let noted = record?.checksum, let wanted = instance.checksum, noted != wanted { return false }
        return instance.byteCount.map { $0 == byteCount } ?? (record != nil)
    }

    /// The sizes of the regular files of wanted instances.
    private static func sizes(of wanted: [PlannedInstance], in folder: OpenFile?) throws(Errno) -> [String: Int64] {
        guard let folder else { return [:] }
        let uids = Set(wanted.map(\.uid))
        var sizes: [String: Int64] = [:]
        do {
            try folder.forEachInstance { uid, byteCount in
                if uids.contains(uid) { sizes[uid] = byteCount }
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
        return sizes
    }
}

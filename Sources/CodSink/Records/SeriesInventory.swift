internal import CodCore
internal import SystemPackage

/// Which of a series' wanted instances are saved, judged by the files themselves.
///
/// An instance is held when a regular file of its name has the size that the metadata gives. Where the metadata gives none, a
/// record must have the instance with the file's size. A record of that size whose checksum is not the metadata's says that the
/// file is another version of the instance: it is not held. Nor is one whose file was found to be damaged. Where the metadata has no
/// checksum and the archive has one, a record must not say that it came out of another archive, and must, in a series that is wanted
/// whole, say that it came out of this one.
struct SeriesInventory: Sendable {
    /// The instances that are saved, in the plan's order.
    private(set) var held: [SavedInstance] = []
    /// The wanted ones that are not.
    private(set) var missing: [PlannedInstance] = []
    /// Positions in ``held`` of those that go by their size alone: no record has a checksum of the file.
    private(set) var unrecorded: [Int] = []
    /// The identifiers of which there is a record, listed or not, though nothing that is held has it: it must not vouch for what is
    /// saved from now on.
    private(set) var recorded: Set<String> = []

    /// Whether the files have a layout.
    private let isLaidOut: Bool
    /// Where a record says that the file of a missing instance was, below the output folder: that place is its own.
    private(set) var ownPaths: [String: String] = [:]

    /// Looks below the output folder `root` (`nil`: there is none yet); `path` is what the user calls it. Changes nothing; blocks on
    /// the disk.
    ///
    /// - Parameters:
    ///   - layout: where the files are; `nil`: by their identifiers.
    ///   - isCompared: whether what nobody compared counts as missing where it can be.
    init(
        of plan: SeriesPlan, in root: OpenFile?, path: String, layout: FileLayout? = nil, isCompared: Bool = true
    ) throws(Errno) {
        let series = plan.id
        isLaidOut = layout != nil
        // The plan's own, where it can be: they are many.
        let wanted = plan.isWantedWhole ? plan.instances : plan.instances.filter(\.isWanted)
        let archive = plan.archive?.checksum
        let needsComparison = isCompared && archive != nil && wanted.count == plan.instances.count
        guard let root, !wanted.isEmpty else {
            missing = wanted
            return
        }
        let folder = layout == nil ? try root.seriesFolder(of: series)?.placed(below: path) : nil
        if layout == nil, folder == nil {
            missing = wanted
            recorded = Set(SeriesRecords(of: series, in: root).instances)
            return
        }
        var files: [String: (name: String?, byteCount: Int64)] = [:]
        if let folder { files = try Self.files(of: wanted, in: folder.folder) }
        let records = SeriesRecords(of: series, in: root)
        if folder == nil {
            let search = SeriesPathSearch(series: series, layout: layout, records: records, trustsChecksums: isCompared)
            files = try search.files(of: wanted, in: root)
        }
        recorded = Set(records.instances)
        for instance in wanted {
            let record = records[instance: instance.uid]
            guard let (name, byteCount) = files[instance.uid],
                Self.isHeld(instance, byteCount: byteCount, record: record),
                instance.checksum != nil || record.isOf(archive, isRequired: needsComparison)
            else {
                missing.append(instance)
                if layout != nil { ownPaths[instance.uid] = record?.path }
                continue
            }
            recorded.remove(instance.uid)
            let noted = record.flatMap { $0.byteCount == byteCount ? $0 : nil }
            // A record without a checksum, as a run makes it that compares none, vouches for the size alone.
            if noted == nil || noted?.checksum == nil && instance.checksum != nil { unrecorded.append(held.count) }
            let found = Instance(series: series, uid: instance.uid, byteCount: byteCount, checksum: instance.checksum)
            var saved =
                folder?.saved(found, named: name, below: path, checksum: noted?.checksum, isEarlier: true)
                ?? SavedInstance(instance: found, path: name ?? "", root: path, checksum: noted?.checksum, isEarlier: true)
            saved.archiveChecksum = instance.checksum == nil ? noted?.archiveChecksum : nil
            held.append(saved)
        }
    }

    /// Takes what reading the unrecorded ones has shown: the checksums of some of ``held``, by position. Those with another
    /// checksum than the metadata's, and those that could not be read, are not held. Answers the ones that are right, or that nothing
    /// speaks against.
    mutating func settle(_ checksums: [Int: CRC32C]) -> [SavedInstance] {
        let doubtful = Set(unrecorded)
        let all = held
        var right: [SavedInstance] = []
        (held, unrecorded) = ([], [])
        for (position, var saved) in all.enumerated() {
            if doubtful.contains(position) {
                guard let checksum = checksums[position], checksum == saved.instance.checksum ?? checksum else {
                    missing.append(
                        PlannedInstance(
                            uid: saved.instance.uid, byteCount: saved.instance.byteCount, checksum: saved.instance.checksum,
                            path: isLaidOut ? saved.path : nil))
                    continue
                }
                saved.checksum = checksum
                right.append(saved)
            }
            held.append(saved)
        }
        return right
    }

    /// Whether a file of `byteCount` bytes is the instance.
    static func isHeld(_ instance: PlannedInstance, byteCount: Int64, record: SeriesRecords.Record?) -> Bool {
        if let record, record.isDamaged { return false }
        let record = record?.byteCount == byteCount ? record : nil
        if let noted = record?.checksum, let wanted = instance.checksum, noted != wanted { return false }
        return instance.byteCount.map { $0 == byteCount } ?? (record != nil)
    }

    /// The regular files of wanted instances, and what those are called that have another name than the usual.
    private static func files(
        of wanted: [PlannedInstance], in folder: OpenFile
    ) throws(Errno) -> [String: (name: String?, byteCount: Int64)] {
        let uids = Set(wanted.lazy.map(\.uid))
        var files: [String: (name: String?, byteCount: Int64)] = [:]
        do {
            try folder.forEachInstanceFile { uid, name, byteCount in
                // Where there is a marked one too, which only a disk that heeds case can have, the plain one counts.
                guard let index = uids.firstIndex(of: uid) else { return }
                let isUsual = name == OutputLayout.fileName(of: uid)
                // Under the plan's own text of the identifier: one that is new would be kept besides.
                if isUsual || files[uid] == nil { files[uids[index]] = (isUsual ? nil : name, byteCount) }
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
        return files
    }
}

extension SeriesRecords.Record? {
    /// Whether what it tells of came out of the archive with this crc32c, or at least, where that is not required, out of no other.
    fileprivate func isOf(_ archive: CRC32C?, isRequired: Bool) -> Bool {
        guard let archive, let own = self?.archiveChecksum else { return !isRequired }
        return own == archive
    }
}

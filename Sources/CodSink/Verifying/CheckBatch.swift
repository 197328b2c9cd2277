internal import CodCore
internal import SystemPackage

/// Files of one series that one thread reads in one go: enough small ones that the change between threads does not count.
struct CheckBatch: Sendable {
    /// What came of a batch.
    struct Outcome: Sendable {
        var verifiedCount = 0
        var sizeOnlyCount = 0
        var unverifiedCount = 0
        var findings: [VerificationFinding] = []
    }

    private typealias Change = (from: SeriesRecords.Record, to: SeriesRecords.Record)

    static let fullCount = 64
    static let fullByteCount: Int64 = 32 << 20

    let series: SeriesID
    let folder: OpenFile
    private(set) var checks: [InstanceCheck] = []
    private var byteCount: Int64 = 0

    init(series: SeriesID, folder: OpenFile) {
        (self.series, self.folder) = (series, folder)
    }

    var isFull: Bool { checks.count >= Self.fullCount || byteCount >= Self.fullByteCount }

    mutating func add(_ check: InstanceCheck) {
        checks.append(check)
        byteCount = byteCount.addingSaturated(check.byteCount)
    }

    /// Reads the files, and notes in the records below `root` which of them are damaged, so that they do not count as saved any
    /// more, and which are whole again. Ends early, with what it came to, when the task was cancelled. Blocks on the disk.
    func run(in root: OpenFile, meter: VerificationMeter) -> Outcome {
        var outcome = Outcome()
        var reader = FileReader()
        let (lost, changes) = read(checks, by: &reader, meter: meter, into: &outcome)
        if changes.isEmpty { return outcome }
        do {
            // A download beside this one may have saved some anew: these are looked at again, once.
            let again = try note(changes, in: root)
            let uids = Set(again.map(\.record.uid))
            outcome.findings += lost.filter { !uids.contains($0.instance ?? "") }
            outcome.findings += read(again, by: &reader, meter: nil, into: &outcome).lost
        } catch {
            outcome.findings += lost.map { $0.unnoted(error) }
        }
        return outcome
    }

    /// Reads files; counts what came of them, but for those that are lost.
    private func read(
        _ checks: [InstanceCheck], by reader: inout FileReader, meter: VerificationMeter?, into outcome: inout Outcome
    ) -> (lost: [VerificationFinding], changes: [Change]) {
        var lost: [VerificationFinding] = []
        var changes: [Change] = []
        for check in checks {
            var readCount: Int64 = 0
            let result = try? check.run(of: series, in: folder, by: &reader) { count in
                readCount += Int64(count)
                meter?.read(count)
            }
            guard let result else { break }
            meter?.looked(at: check.record, reading: readCount)
            switch result {
            case .verified: outcome.verifiedCount += 1
            case .sizeOnly: outcome.sizeOnlyCount += 1
            case .failed(let finding, isLost: false): outcome.findings.append(finding)
            case .failed(let finding, isLost: true): lost.append(finding)
            }
            switch result {
            case .verified where !check.record.isVerified, .sizeOnly where !check.record.isVerified: outcome.unverifiedCount += 1
            default: break
            }
            switch result {
            case .failed(_, isLost: true): changes.append((check.record, check.record.marked(isDamaged: true)))
            case .verified where check.record.isDamaged, .sizeOnly where check.record.isDamaged:
                changes.append((check.record, check.record.marked(isDamaged: false)))
            default: break
            }
        }
        return (lost, changes)
    }

    /// Changes records; answers what somebody else has recorded anew.
    private func note(_ changes: [Change], in root: OpenFile) throws -> [InstanceCheck] {
        guard let own = try root.folderIfThere(OutputLayout.ownName) else { throw Errno.noSuchFileOrDirectory }
        // Nobody is told of the wait, so that it is a short one.
        var locks = OutputLocks(path: nil)
        locks.bounds.limit = .seconds(10)
        var again: [InstanceCheck] = []
        for record in try SeriesRecords.amend(changes, of: series, in: own, locks: locks) where !record.isDamaged {
            let own = checks.first { $0.record.uid == record.uid && $0.record.path != nil }?.name
            guard let name = try own ?? folder.fileName(ofInstance: record.uid) else { continue }
            let status = try folder.status(of: name)
            if let status, status.kind == .file {
                again.append(InstanceCheck(record: record, name: name, byteCount: status.byteCount))
            }
        }
        return again
    }
}

extension SeriesRecords.Record {
    /// The same, of a file that was found to be damaged, or whole again. Whether that was ever compared with the metadata is not
    /// known then.
    fileprivate func marked(isDamaged: Bool) -> Self {
        Self(uid: uid, byteCount: byteCount, checksum: checksum, isVerified: false, isDamaged: isDamaged, path: path)
    }
}

internal import CodCore
internal import SystemPackage

/// What there is to verify in an output folder: its series, by folders and by records. The identifiers of all series are held, and
/// the records of one.
struct OutputSurvey: Sendable {
    /// In the order of their studies.
    private(set) var series: [SeriesID] = []
    /// What is recorded of them.
    private(set) var plan = VerificationPlan()
    /// Folders that cannot be looked into.
    private(set) var findings: [VerificationFinding] = []
    /// The wanted studies of which there is anything.
    private(set) var studies: Set<String> = []
    /// Whether the files have a layout: then only the records tell of them.
    private(set) var isLaidOut = false
    /// Whether there is anything of any study.
    private(set) var holdsAnything = false

    /// Looks through the folder `root`; only for some studies where `named` has any. Blocks on the disk. Throws an `Errno` when it
    /// cannot be looked into at all, and `CancellationError`.
    init(of root: OpenFile, named: Set<String>) throws {
        func isWanted(_ study: String) -> Bool { named.isEmpty || named.contains(study) }
        var all = Set<SeriesID>()
        let own = "\(OutputLayout.ownName)/\(OutputLayout.recordsName)"
        let note = LayoutNote(of: root)
        isLaidOut = note != .none && note != .standard
        // The layout's own folders may be called like studies.
        if !isLaidOut {
            try addFolders(of: root, isWanted, to: &all)
        }
        do {
            try root.forEachRecordedSeries { study, errno in
                guard isWanted(study) else { return }
                findings.append(.unreadableFolder("\(own)/\(study)", errno))
            } _: { series in
                holdsAnything = true
                if isWanted(series.study) { all.insert(series) }
            }
        } catch let errno as Errno {
            holdsAnything = true
            findings.append(.unreadableFolder(own, errno))
        }
        series = all.sorted { ($0.study, $0.series) < ($1.study, $1.series) }
        studies.formUnion(series.lazy.map(\.study))
        plan.series = series.count
        for series in series {
            try BlockingCancellation.check()
            let records = SeriesRecords(of: series, in: root)
            plan.instances += records.count
            plan.bytes = plan.bytes.addingSaturated(records.readByteCount)
        }
        plan.isBeingWritten = PartialFolder.isAnyInUse(in: root)
    }

    private mutating func addFolders(of root: OpenFile, _ isWanted: (String) -> Bool, to all: inout Set<SeriesID>) throws {
        try root.forEachSeries { study, errno in
            holdsAnything = true
            guard isWanted(study) else { return }
            studies.insert(study)
            findings.append(.unreadableFolder(study, errno))
        } _: { series in
            let isWanted = isWanted(series.study)
            guard isWanted || !holdsAnything, try root.hasInstancesFolder(of: series) else { return }
            holdsAnything = true
            if isWanted { all.insert(series) }
        }
    }
}

extension OpenFile {
    /// Whether a series has a folder of instances, or one that cannot be looked into.
    fileprivate func hasInstancesFolder(of series: SeriesID) throws(Errno) -> Bool {
        do { return try instancesFolder(of: series) != nil } catch .permissionDenied { return true }
    }
}

extension PartialFolder {
    /// Whether a process saves into an output folder now, as far as locks can tell.
    fileprivate static func isAnyInUse(in root: OpenFile) -> Bool {
        var isInUse = false
        let partials = try? root.folderIfThere(OutputLayout.ownName)?.folderIfThere(OutputLayout.partialName)
        try? partials?.forEachName { name in
            guard let lock = try? partials?.folder(name).openReading(lockName) else { return }
            if try withExtendedLifetime(lock, { try !lock.lock(waiting: false) }) { isInUse = true }
        }
        return isInUse
    }
}

extension SeriesRecords {
    /// How much is to be read to verify all of them.
    fileprivate var readByteCount: Int64 {
        instances.reduce(0) { $0.addingSaturated(self[instance: $1]?.readByteCount ?? 0) }
    }
}

extension SeriesRecords.Record {
    /// How much is to be read to verify it: nothing where there is no checksum to compare.
    var readByteCount: Int64 { checksum == nil ? 0 : byteCount }
}

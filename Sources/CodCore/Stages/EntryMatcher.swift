/// Joins the entries of an archive with the instances that the plan expects: events of entries in, events of instances out.
///
/// It decides what an entry is by its kind and name alone, before a byte of it is passed on, and keeps score of what is still
/// missing. A state machine; it touches no file.
struct EntryMatcher {
    private enum Fate {
        /// Between entries, or in an entry that is passed over.
        case passedOver
        /// Passed on. Where the metadata has no checksum one is computed, to know the instance when it comes again.
        case taken(Instance, RunningCRC32C?)
        /// A second entry of a name that came before: compared, never published.
        case repeated(Instance, RunningCRC32C)
    }

    private let portion: Portion
    /// Where each instance is among the portion's, by what its entry is called; made when an entry is not the next that is expected.
    private lazy var positions = Self.positions(in: portion)
    /// The instance behind the one that came last: archives are written in the order that they are planned in.
    private var nextExpected = 0
    /// Where the listed instances begin, for those that would be taken without being listed.
    private let positionsByOffset: [Int64: Int]
    private var hasCome: [Bool]
    /// Why an instance that has not come so far was not taken where there was something of its name.
    private var obstacles: [Int: CodError] = [:]
    /// Instances that came without being listed.
    private(set) var unlisted = Set<String>()
    /// The checksums of instances that came and have none in the metadata.
    private var seen: [String: CRC32C] = [:]
    private var fate = Fate.passedOver
    private var nextUnchecked = 0
    /// The instance whose `end` was answered last.
    private(set) var lastEnded: Instance?

    init(portion: Portion) {
        self.portion = portion
        hasCome = Array(repeating: false, count: portion.instances.count)
        var positionsByOffset: [Int64: Int] = [:]
        for (position, instance) in portion.instances.enumerated() where portion.keepsUnlisted {
            if let offset = instance.dataOffset { positionsByOffset[offset] = position }
        }
        self.positionsByOffset = positionsByOffset
    }

    private static func positions(in portion: Portion) -> [String: Int] {
        var positions: [String: Int] = [:]
        positions.reserveCapacity(portion.instances.count)
        for (position, instance) in portion.instances.enumerated() {
            positions[instance.entryUID] = position
        }
        return positions
    }

    /// What an event of the archive means to the stage below; `nil` when it means nothing.
    mutating func match(_ event: EntryEvent) -> InstanceEvent? {
        switch event {
        case .begin(let entry): begin(entry)
        case .bytes(let chunk): bytes(chunk)
        case .end: end()
        }
    }

    /// To be asked when the archive has ended: the failure of the next instance that was expected and did not come; `nil` when there
    /// is none left.
    mutating func nextMissing() -> CodError? {
        while nextUnchecked < hasCome.count {
            defer { nextUnchecked += 1 }
            if hasCome[nextUnchecked] { continue }
            if let obstacle = obstacles[nextUnchecked] { return obstacle }
            return disagreement(
                .instanceMissing, "The metadata lists the instance, and the archive \(portion.archive.url) does not hold it.",
                about: portion.instances[nextUnchecked], at: nil)
        }
        return nil
    }

    private mutating func begin(_ entry: ArchiveEntry) -> InstanceEvent? {
        fate = .passedOver
        if entry.kind == .folder { return nil }
        if let problem = EntryName.danger(in: entry) { return refuse(entry, problem) }
        if nextExpected < portion.instances.count, EntryName.isUsual(entry.name, of: portion.instances[nextExpected]) {
            return beginListed(portion.instances[nextExpected], at: nextExpected, entry)
        }
        let uid = EntryName.uid(of: entry.name)
        if let position = positions[uid] { return beginListed(portion.instances[position], at: position, entry) }
        guard portion.keepsUnlisted, !portion.listedUIDs.contains(uid), EntryName.isInstance(entry.name.utf8) else { return nil }
        if let problem = EntryName.problem(withUID: uid, of: entry) { return refuse(entry, problem) }
        if let position = entry.dataOffset.flatMap({ positionsByOffset[offsetInArchive($0)] }) {
            obstacles[position] = renamed(portion.instances[position], entry)
            return nil
        }
        return beginUnlisted(uid, entry)
    }

    private func refuse(_ entry: ArchiveEntry, _ problem: String) -> InstanceEvent {
        .failed(
            CodError(
                .refusedEntry, "The archive \(portion.archive.url) has an entry that is not extracted: \(problem).",
                recovery: "Nothing was written for it. Tell who runs the store.", reach: .instance,
                byteOffset: offsetInArchive(entry.offset)
            ).located(in: portion.series))
    }

    /// An entry of the name of a listed instance. A writer that failed in between may have left others of that name: where the
    /// metadata tells where the instance lies, the one that lies there is it; where it does not tell, the first of the right size.
    private mutating func beginListed(_ planned: PlannedInstance, at position: Int, _ entry: ArchiveEntry) -> InstanceEvent? {
        let instance = Instance(
            series: portion.series, uid: planned.uid, byteCount: entry.byteCount, checksum: planned.checksum)
        nextExpected = position + 1
        let isByOffset = planned.dataOffset != nil && entry.dataOffset != nil
        if isByOffset, planned.dataOffset != entry.dataOffset.map(offsetInArchive) {
            obstacles[position] = misplaced(planned, entry)
            return nil
        }
        if hasCome[position] {
            fate = .repeated(instance, RunningCRC32C())
            return nil
        }
        if let expected = planned.byteCount, expected != entry.byteCount {
            let failure = disagreement(
                .sizeMismatch, "The instance has \(entry.byteCount) bytes; the metadata says \(expected).", about: planned,
                at: entry)
            hasCome[position] = isByOffset
            if isByOffset { return .failed(failure) }
            obstacles[position] = failure
            return nil
        }
        hasCome[position] = true
        return take(instance)
    }

    private mutating func take(_ instance: Instance) -> InstanceEvent {
        fate = .taken(instance, instance.checksum == nil ? RunningCRC32C() : nil)
        return .begin(instance)
    }

    private func misplaced(_ planned: PlannedInstance, _ entry: ArchiveEntry) -> CodError {
        disagreement(
            .instanceMisplaced,
            "The archive \(portion.archive.url) holds the instance at byte \(entry.dataOffset.map(offsetInArchive) ?? 0); the "
                + "metadata says \(planned.dataOffset ?? 0).",
            about: planned, at: entry)
    }

    private func renamed(_ planned: PlannedInstance, _ entry: ArchiveEntry) -> CodError {
        disagreement(
            .instanceMissing,
            "Where the metadata says that the instance begins, the archive \(portion.archive.url) holds "
                + "\(EntryName.printable(entry.name)).",
            about: planned, at: entry)
    }

    /// Metadata and archive tell of an instance differently.
    private func disagreement(
        _ code: CodError.Code, _ message: String, about planned: PlannedInstance, at entry: ArchiveEntry?
    ) -> CodError {
        CodError(
            code, message,
            recovery: "Try again later: the series may be being written. If it stays so, tell who runs the store.",
            reach: .instance, byteOffset: entry.map { offsetInArchive($0.offset) }
        ).located(in: portion.series, instance: planned.uid)
    }

    private mutating func beginUnlisted(_ uid: String, _ entry: ArchiveEntry) -> InstanceEvent? {
        let instance = Instance(series: portion.series, uid: uid, byteCount: entry.byteCount)
        if unlisted.insert(uid).inserted { return take(instance) }
        fate = .repeated(instance, RunningCRC32C())
        return nil
    }

    private mutating func bytes(_ chunk: ByteChunk) -> InstanceEvent? {
        switch fate {
        case .passedOver: return nil
        case .taken(_, nil): return .bytes(chunk)
        case .taken(let instance, var checksum?):
            checksum.update(chunk)
            fate = .taken(instance, checksum)
            return .bytes(chunk)
        case .repeated(let instance, var checksum):
            checksum.update(chunk)
            fate = .repeated(instance, checksum)
            return nil
        }
    }

    private mutating func end() -> InstanceEvent? {
        defer { fate = .passedOver }
        switch fate {
        case .passedOver: return nil
        case .taken(let instance, let checksum):
            if let checksum { seen[instance.uid] = checksum.checksum }
            lastEnded = instance
            return .end(checksum: nil)
        case .repeated(let instance, let checksum):
            // The same bytes again are no harm; other bytes are.
            if checksum.checksum == instance.checksum ?? seen[instance.uid] { return nil }
            return .failed(
                CodError(
                    .duplicateEntry,
                    "The archive \(portion.archive.url) holds the instance twice, and the second time it is another.",
                    recovery: "Only what the metadata's checksum confirms is kept. Tell who runs the store.",
                    reach: .instance
                ).located(in: portion.series, instance: instance.uid))
        }
    }

    private func offsetInArchive(_ offset: Int64) -> Int64 { (portion.byteRange?.lowerBound ?? 0) + offset }
}

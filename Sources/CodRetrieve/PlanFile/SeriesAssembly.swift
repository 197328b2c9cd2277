internal import CodCore
internal import CodTransport

/// Puts the lines of one series together. Portions are in the archive's order, within it and disjoint, each with its instances in it.
struct SeriesAssembly {
    let archive: Archive?
    private let id: SeriesID
    private let line: SeriesLine
    private let failure: CodError?
    private var instances: [PlannedInstance] = []
    private var uids = Set<String>()
    private var byteCount: Int64 = 0
    private var portion: PortionLine?
    private var portionCount = 0
    private var hasOthers = false

    init(_ line: SeriesLine, of id: SeriesID, at place: StorePlace) throws(PlanProblem) {
        self.line = line
        self.id = id
        archive = line.state == .retrievable ? try line.checkedArchive(of: id, at: place) : nil
        failure = line.failure?.error(reaching: .series).located(in: id)
        if line.state == .failed, failure == nil { throw PlanProblem("\"failure\" is missing") }
    }

    mutating func add(_ line: PortionLine, to totals: inout PlanTotals) throws(PlanProblem) {
        guard let archive else { throw PlanProblem("it is a portion of a series that has no archive") }
        if hasOthers { throw PlanProblem("portions come before the instances that are not wanted") }
        if line.instances.isEmpty { throw PlanProblem("it is a portion without instances") }
        if line.isContinued == true {
            guard let portion, portion.start == line.start, portion.end == line.end else {
                throw PlanProblem("it goes on with a portion that is not the one before")
            }
        } else {
            try check(line, in: archive)
            portion = line
            portionCount += 1
            totals.portionCount += 1
        }
        for record in line.instances {
            let instance = try add(record, isWanted: true)
            if let start = line.start, let end = line.end { try Self.check(instance, isIn: start..<end) }
            totals.add([instance])
        }
    }

    mutating func add(_ line: OthersLine, to totals: inout PlanTotals) throws(PlanProblem) {
        if archive == nil { throw PlanProblem("it has instances of a series that has no archive") }
        hasOthers = true
        totals.otherCount += line.instances.count
        for record in line.instances { try add(record, isWanted: false) }
    }

    /// The series, when its last line has come.
    func plan() throws(PlanProblem) -> SeriesPlan {
        var instances = instances
        if hasOthers, instances.allSatisfy({ $0.dataOffset != nil }) {
            // In the archive's order again.
            instances.sort { ($0.dataOffset ?? 0, $0.uid) < ($1.dataOffset ?? 0, $1.uid) }
        }
        let state: SeriesPlan.State =
            if let archive { .retrievable(archive) } else if let failure { .failed(failure) } else { .empty }
        if archive != nil, instances.isEmpty { throw PlanProblem("before it is a series with an archive, and without instances") }
        return SeriesPlan(
            id: id, state: state, instances: instances, modality: line.modality.map { Self.shown($0) },
            seriesDescription: line.description.map { Self.shown($0) }, notices: line.knownNotices, archiveURI: line.archiveURI)
    }

    private func check(_ line: PortionLine, in archive: Archive) throws(PlanProblem) {
        guard let start = line.start, let end = line.end else {
            if line.start != nil || line.end != nil { throw PlanProblem("it has one end of a range of bytes, and not the other") }
            if portionCount > 0 { throw PlanProblem("the whole archive is one portion, and there is one before it") }
            return
        }
        guard start >= 0, end > start, end <= archive.byteCount ?? -1 else {
            throw PlanProblem(
                "the bytes \(start) to \(end) are no part of an archive of \(archive.byteCount.map { "\($0)" } ?? "unknown many") bytes"
            )
        }
        guard let portion else { return }
        guard let before = portion.end else { throw PlanProblem("the whole archive is one portion, and this is another") }
        if start < before {
            throw PlanProblem("the bytes \(start) to \(end) begin before byte \(before), where the portion before it ends")
        }
    }

    private static func check(_ instance: PlannedInstance, isIn range: Range<Int64>) throws(PlanProblem) {
        guard let offset = instance.dataOffset, let byteCount = instance.byteCount else {
            throw PlanProblem("the instance \(instance.uid) has no place in its portion's bytes")
        }
        guard offset >= range.lowerBound, offset <= range.upperBound, byteCount <= range.upperBound - offset else {
            throw PlanProblem(
                "the instance \(instance.uid), \(byteCount) bytes from byte \(offset) on, lies outside of its portion's bytes "
                    + "\(range.lowerBound) to \(range.upperBound)")
        }
    }

    @discardableResult
    private mutating func add(_ record: InstanceRecord, isWanted: Bool) throws(PlanProblem) -> PlannedInstance {
        let instance = try record.checked(isWanted: isWanted)
        guard uids.insert(instance.uid).inserted else { throw PlanProblem("the instance \(instance.uid) is there twice") }
        byteCount = byteCount.addingSaturated(instance.byteCount ?? 0)
        guard PlanLimits.sizes.contains(byteCount) else {
            throw PlanProblem("the instances of the series have more than \(PlanLimits.sizes.upperBound) bytes together")
        }
        instances.append(instance)
        return instance
    }

    /// A text of the metadata, without what speaks to a terminal.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(PlanLimits.textCount).map { scalar in
                    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "_" : scalar
                }))
    }
}

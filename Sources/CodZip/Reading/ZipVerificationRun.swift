import CodCore
import Synchronization
import SystemPackage

/// One verification of a zip: hands entries to its lanes in the order in which they lie, tells what comes of them.
///
/// What bounds it: a record an entry; the findings of a batch, and a chunk of the zip, a lane. Nothing new is begun while a listener
/// takes its time.
struct ZipVerificationRun: Sendable {
    private enum Ended: Sendable {
        case checked(lane: Int, ZipVerification.Report, [ZipVerification.Finding])
        case stopped
        case sampling
    }

    private struct Counts: Equatable {
        var instances = 0
        var bytes: Int64 = 0
    }

    /// Entries that one thread reads in one go: enough small ones that the change between threads does not count.
    private static let batchCount = 64
    private static let batchByteCount: Int64 = 8 << 20

    let file: OpenFile
    let checks: [EntryCheck]
    /// Where damage is noted; `nil` where that is of no use.
    let notes: DamageNotes?
    let laneCount: Int
    let tell: @Sendable (ZipVerification.Event) async -> Void

    private let meter = Meter()

    init(
        file: OpenFile, checks: [EntryCheck], notes: DamageNotes?, laneCount: Int,
        tell: @escaping @Sendable (ZipVerification.Event) async -> Void
    ) {
        (self.file, self.checks, self.notes, self.laneCount, self.tell) = (file, checks, notes, laneCount, tell)
    }

    func run() async -> ZipVerification.Report {
        var report = ZipVerification.Report()
        var isStopped = false
        await withTaskGroup(of: Ended.self) { group in
            let lanes = (0..<max(laneCount, 1)).map { _ in BlockingLane() }
            var rest = checks[...]
            var underWayCount = 0
            func begin(_ lane: Int) {
                guard !rest.isEmpty, !Task.isCancelled else { return }
                let batch = Self.takeBatch(of: &rest)
                underWayCount += 1
                group.addTask { await check(batch, on: lanes[lane], number: lane) }
            }
            for lane in lanes.indices { begin(lane) }
            group.addTask { await Self.pause() }
            var toldCounts = Counts()
            while underWayCount > 0, let ended = await group.next() {
                switch ended {
                case .checked(let lane, let part, let findings):
                    underWayCount -= 1
                    report.add(part)
                    for finding in findings { await tell(.finding(finding)) }
                    begin(lane)
                case .stopped:
                    underWayCount -= 1
                    isStopped = true
                case .sampling:
                    await tellProgress(since: &toldCounts)
                    if !Task.isCancelled { group.addTask { await Self.pause() } }
                }
            }
            group.cancelAll()
            report.isInterrupted = report.isInterrupted || isStopped || !rest.isEmpty
            await tellProgress(since: &toldCounts)
        }
        let counts = meter.counts
        (report.instanceCount, report.byteCount) = (counts.instances, counts.bytes)
        return report
    }

    private static func takeBatch(of rest: inout ArraySlice<EntryCheck>) -> ArraySlice<EntryCheck> {
        var byteCount: Int64 = 0
        var count = 0
        for check in rest.prefix(batchCount) {
            // An entry's size is anything that somebody wrote there, and its packed size no more than the zip's.
            byteCount += check.entry.packedByteCount
            count += 1
            if byteCount >= batchByteCount { break }
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private func check(_ batch: ArraySlice<EntryCheck>, on lane: BlockingLane, number: Int) async -> Ended {
        let (file, notes, meter) = (file, notes, meter)
        do {
            return try await lane.run {
                var report = ZipVerification.Report()
                var findings: [ZipVerification.Finding] = []
                let inflater = try EntryInflater()
                for check in batch {
                    let outcome: EntryCheck.Outcome
                    do { outcome = try check.run(in: file, by: inflater) { meter.unpacked($0) } } catch {
                        // What was looked at before counts.
                        report.isInterrupted = true
                        break
                    }
                    let isInstance = ZipEntryName.mayBeOfInstance(check.entry.name)
                    if isInstance { meter.looked() }
                    if isInstance, outcome == .whole { report.verifiedCount += 1 }
                    guard let finding = check.finding(of: outcome, isInstance: isInstance) else { continue }
                    report.findingCounts[finding.kind, default: 0] += 1
                    findings.append(finding)
                }
                findings.note(in: notes)
                return .checked(lane: number, report, findings)
            }
        } catch {
            return .stopped
        }
    }

    private static func pause() async -> Ended {
        try? await Task.sleep(for: .milliseconds(100))
        return .sampling
    }

    private func tellProgress(since told: inout Counts) async {
        let counts = meter.counts
        guard counts != told else { return }
        told = counts
        await tell(.progress(instanceCount: counts.instances, byteCount: counts.bytes))
    }

    /// Counts what the lanes do.
    private final class Meter: Sendable {
        private let content = Mutex(Counts())

        var counts: Counts { content.withLock { $0 } }

        func looked() { content.withLock { $0.instances += 1 } }
        func unpacked(_ byteCount: Int) { content.withLock { $0.bytes += Int64(byteCount) } }
    }
}

extension EntryCheck {
    /// What is told of it; `nil` when there is nothing to tell.
    fileprivate func finding(of outcome: Outcome, isInstance: Bool) -> ZipVerification.Finding? {
        switch outcome {
        case .damaged(let problem, let found): ZipVerification.Finding(.damaged, entry, problem, found: found, isLost: true)
        case .unreadable(let errno):
            ZipVerification.Finding(.unreadable, entry, "It cannot be read: \(errno).", isLost: errno == .ioError)
        case .whole:
            // Other programs have entries for folders.
            isInstance || entry.name == IncompleteEntry.name || entry.name.hasSuffix("/") && entry.byteCount == 0
                ? nil : ZipVerification.Finding(.unknown, entry, "This entry is none of cod's.")
        }
    }
}

extension [ZipVerification.Finding] {
    /// Notes of which entries nothing can be had any more, and says in all findings what can be done. Blocks on the disk.
    fileprivate mutating func note(in notes: DamageNotes?) {
        let lost = filter(\.isLost).map(\.entry)
        let failure = lost.isEmpty ? nil : notes?.note(lost)
        for index in indices where self[index].kind != .unknown {
            let isNoted = self[index].isLost && notes != nil && failure == nil
            let disk = self[index].kind == .unreadable ? "Check the disk. " : ""
            let cause = self[index].isLost ? failure.map { "That could not be noted beside the zip (\($0)). " } ?? "" : ""
            self[index].recovery =
                isNoted
                ? "\(disk)Run the command that made the zip again: it makes anew what is damaged, and that alone."
                : "\(disk)\(cause)Delete the zip, and run the command that made it again."
        }
    }
}

extension ZipVerification.Report {
    fileprivate mutating func add(_ other: ZipVerification.Report) {
        verifiedCount += other.verifiedCount
        findingCounts.merge(other.findingCounts) { $0 + $1 }
        isInterrupted = isInterrupted || other.isInterrupted
    }
}

import Testing

@testable import CodCore

@Suite("The ledger of a series decides what is worth a second try")
struct SeriesLedgerTests {
    static let series = RandomSeries(seed: 9, instanceCount: 12)

    static func ledger(saved: Set<String> = [], splitBy connectionCount: Int = 1) -> (SeriesLedger, [Portion]) {
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 1
        planner.policy.sliceByteCount = series.archiveByteCount / Int64(connectionCount + 1)
        planner.policy.joinedGapByteCount = 0
        let held = series.plan.instances.filter { saved.contains($0.uid) }.map { save($0.uid) }
        let work = Work(
            plan: RetrievalPlan(studies: [StudyPlan(uid: series.plan.id.study, series: [series.plan])]),
            saved: held.isEmpty ? [:] : [series.plan.id: held], planner: planner, connectionCount: connectionCount)
        return (SeriesLedger(work: work.studies[0].series[0]), work.studies[0].series[0].portions)
    }

    static func save(_ uid: String) -> SavedInstance {
        SavedInstance(instance: Instance(series: series.plan.id, uid: uid, byteCount: 1), path: uid, root: "r")
    }

    static func result(_ portion: Portion, except failing: [String: CodError.Code] = [:]) -> SavedSeries {
        SavedSeries(
            id: series.plan.id,
            instances: portion.instances.filter { failing[$0.uid] == nil }.map { save($0.uid) },
            failures: failing.map { CodError($0.value, "No.", reach: .instance).located(in: series.plan.id, instance: $0.key) })
    }

    @Test("All saved: closed, nothing again, no failure")
    func success() {
        var (ledger, portions) = Self.ledger(splitBy: 3)
        #expect(portions.count == 3)
        for portion in portions {
            #expect(!ledger.isClosed)
            #expect(ledger.close(portion, Self.result(portion), planner: Planner()).isEmpty)
        }
        #expect(ledger.isClosed && ledger.failedCount == 0 && ledger.outcome.instances.count == 12)
    }

    @Test("Offsets that prove wrong: the rest is read from the whole archive, once")
    func wrongOffsets() {
        let uid = Self.series.plan.instances[0].uid
        var (ledger, portions) = Self.ledger(saved: Set(Self.series.plan.instances.dropFirst(2).map(\.uid)))
        var again: [Portion] = []
        for portion in portions {
            let failing = portion.instances.contains { $0.uid == uid } ? [uid: CodError.Code.damagedArchive] : [:]
            again = ledger.close(portion, Self.result(portion, except: failing), planner: Planner())
        }
        #expect(again.count == 1 && again[0].isWholeArchive && again[0].instances.map(\.uid) == [uid])
        #expect(ledger.close(again[0], Self.result(again[0], except: [uid: .instanceMissing]), planner: Planner()).isEmpty)
        #expect(ledger.isClosed && ledger.failedCount == 1 && ledger.outcome.failures.map(\.code) == [.instanceMissing])
    }

    @Test("Checksums that do not match: those instances again, once")
    func damagedBytes() {
        let bad = Set(Self.series.plan.instances.prefix(2).map(\.uid))
        var (ledger, portions) = Self.ledger()
        let first = Self.result(portions[0], except: Dictionary(uniqueKeysWithValues: bad.map { ($0, .checksumMismatch) }))
        let again = ledger.close(portions[0], first, planner: Planner())
        #expect(Set(again.flatMap { $0.instances.map(\.uid) }) == bad)
        #expect(!ledger.isClosed)
        for portion in again {
            let failing = Dictionary(uniqueKeysWithValues: portion.instances.map { ($0.uid, CodError.Code.checksumMismatch) })
            #expect(ledger.close(portion, Self.result(portion, except: failing), planner: Planner()).isEmpty)
        }
        #expect(ledger.isClosed && ledger.failedCount == 2)
    }

    // MARK: Damage between the entries

    /// The instances in the archive's order.
    static let inOrder = series.entries.sorted { $0.value.lowerBound < $1.value.lowerBound }

    /// Runs a ledger to its end on an archive with damaged headers; answers how often each entry's header was read.
    static func run(
        _ ledger: inout SeriesLedger, _ portions: [Portion], damaged: Set<String>, healing: Bool = false
    ) -> [String: Int] {
        var readCounts: [String: Int] = [:]
        var waiting = portions
        while !waiting.isEmpty {
            let portion = waiting.removeFirst()
            let expected = Set(portion.instances.map(\.uid))
            var result = SavedSeries(id: series.plan.id)
            for (uid, range) in inOrder where portion.byteRange?.clamped(to: range) == range {
                readCounts[uid, default: 0] += 1
                if damaged.contains(uid), !healing || readCounts[uid] == 1 {
                    result.failures = [CodError(.damagedArchive, "No.", byteOffset: range.lowerBound).located(in: series.plan.id)]
                    break
                }
                if expected.contains(uid) { result.instances.append(save(uid)) }
            }
            waiting += ledger.close(portion, result, planner: Planner())
            #expect(readCounts.values.allSatisfy { $0 < 100 }, "It ends.")
            if readCounts.values.contains(where: { $0 >= 100 }) { break }
        }
        return readCounts
    }

    @Test(
        "A damaged header costs its instance alone, by name; no other instance is fetched twice",
        arguments: [[0], [5], [5, 6], [2, 9], [11]])
    func damagedHeaders(positions: [Int]) {
        let damaged = Set(positions.map { Self.inOrder[$0].key })
        var (ledger, portions) = Self.ledger()
        let readCounts = Self.run(&ledger, portions, damaged: damaged)
        #expect(ledger.isClosed && ledger.failedCount == damaged.count)
        #expect(ledger.outcome.instances.count == 12 - damaged.count)
        #expect(Set(ledger.outcome.failures.compactMap(\.instance)) == damaged)
        #expect(ledger.outcome.failures.allSatisfy { $0.code == .damagedArchive && $0.reach == .instance })
        for (uid, _) in Self.inOrder { #expect(readCounts[uid] == (damaged.contains(uid) ? 2 : 1), "\(uid)") }
    }

    @Test("A header that was damaged on the way is read again, with what lies behind it, and nothing fails", arguments: 0..<12)
    func damageOnTheWay(position: Int) {
        var (ledger, portions) = Self.ledger()
        let readCounts = Self.run(&ledger, portions, damaged: [Self.inOrder[position].key], healing: true)
        #expect(ledger.isClosed && ledger.outcome.failures.isEmpty && ledger.outcome.instances.count == 12)
        #expect(readCounts.values.reduce(0, +) == 13)
    }

    @Test("The next run, which begins at damaged headers, saves what lies behind them too", arguments: [1, 2, 3])
    func damageAtTheBeginning(damagedCount: Int) {
        let saved = Set(Self.inOrder.prefix(5).map(\.key))
        let damaged = Set(Self.inOrder[5..<5 + damagedCount].map(\.key))
        var (ledger, portions) = Self.ledger(saved: saved)
        let readCounts = Self.run(&ledger, portions, damaged: damaged)
        #expect(ledger.isClosed && ledger.failedCount == damagedCount)
        #expect(ledger.outcome.instances.count == 12 - damagedCount)
        #expect(Set(ledger.outcome.failures.compactMap(\.instance)) == damaged)
        #expect(readCounts.values.allSatisfy { $0 <= 4 })
    }

    @Test("An archive without one good header ends, and names each instance")
    func nothingButDamage() {
        var (ledger, portions) = Self.ledger()
        let readCounts = Self.run(&ledger, portions, damaged: Set(Self.inOrder.map(\.key)))
        #expect(ledger.isClosed && ledger.failedCount == 12)
        #expect(Set(ledger.outcome.failures.compactMap(\.instance)) == Set(Self.inOrder.map(\.key)))
        #expect(ledger.outcome.failures.count == 12 && readCounts.values.allSatisfy { $0 <= 3 })
    }

    @Test("Damage behind the last entry stands as the series' failure")
    func damagedTail() {
        var (ledger, portions) = Self.ledger()
        var result = Self.result(portions[0])
        result.failures = [CodError(.damagedArchive, "No.", byteOffset: Self.series.archiveByteCount - 512)]
        #expect(ledger.close(portions[0], result, planner: Planner()).isEmpty)
        #expect(ledger.isClosed && ledger.failedCount == 1 && ledger.outcome.failures.map(\.instance) == [nil])
    }

    @Test("A failure of content says what the store says of the series; another failure does not")
    func notices() {
        for (notices, words) in [
            ([.locked], ["is locked: it may be being rewritten"]), ([.hasErrorLog], ["has an error log", "rewritten"]),
            ([.locked, .hasErrorLog], ["is locked", "has an error log"]), ([], []),
        ] as [(Set<SeriesPlan.Notice>, [String])] {
            let old = Self.series.plan
            let plan = SeriesPlan(id: old.id, state: old.state, instances: old.instances, notices: notices)
            let work = Work(
                plan: RetrievalPlan(studies: [StudyPlan(uid: old.id.study, series: [plan])]), saved: [:], planner: Planner(),
                connectionCount: 1
            ).studies[0].series[0]
            let uids = plan.instances.map(\.uid)
            for code in [CodError.Code.sizeMismatch, .checksumMismatch, .instanceMissing, .duplicateEntry] {
                var ledger = SeriesLedger(work: work)
                let failing = [uids[0]: code, uids[1]: .refused]
                #expect(ledger.close(work.portions[0], Self.result(work.portions[0], except: failing), planner: nil).isEmpty)
                for failure in ledger.outcome.failures {
                    let isNoted = failure.code == code
                    #expect(failure.message.split(separator: "The series ").count == (isNoted ? notices.count : 0) + 1)
                    for word in isNoted ? words : [] { #expect(failure.message.contains(word)) }
                }
            }
            let failed = SeriesPlan(id: old.id, state: .failed(CodError(.missingArchive, "No.")), notices: notices)
            for word in words { #expect(failed.failure?.message.contains(word) == true) }
            #expect(failed.failure?.noting(notices).message == failed.failure?.message)
        }
    }

    @Test("Nothing is tried again without a planner, or once the job stops")
    func stopping() {
        let uid = Self.series.plan.instances[0].uid
        var (ledger, portions) = Self.ledger()
        #expect(ledger.close(portions[0], Self.result(portions[0], except: [uid: .checksumMismatch]), planner: nil).isEmpty)
        (ledger, portions) = Self.ledger()
        var result = Self.result(portions[0], except: [uid: .checksumMismatch])
        result.failures.append(CodError(.unauthorized, "No.", reach: .job))
        #expect(ledger.close(portions[0], result, planner: Planner()).isEmpty)
    }
}

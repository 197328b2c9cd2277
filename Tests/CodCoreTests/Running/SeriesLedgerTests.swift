import Testing

@testable import CodCore

@Suite("The ledger of a series decides what is worth a second try")
struct SeriesLedgerTests {
    static let series = RandomSeries(seed: 9, instanceCount: 12)

    static func ledger(saved: Set<String> = [], splitBy connectionCount: Int = 1) -> (SeriesLedger, [Portion]) {
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 1
        planner.policy.sliceByteCount = 1
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
            #expect(ledger.close(Self.result(portion), planner: Planner()).isEmpty)
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
            again = ledger.close(Self.result(portion, except: failing), planner: Planner())
        }
        #expect(again.count == 1 && again[0].isWholeArchive && again[0].instances.map(\.uid) == [uid])
        #expect(ledger.close(Self.result(again[0], except: [uid: .instanceMissing]), planner: Planner()).isEmpty)
        #expect(ledger.isClosed && ledger.failedCount == 1 && ledger.outcome.failures.map(\.code) == [.instanceMissing])
    }

    @Test("Checksums that do not match: those instances again, once")
    func damagedBytes() {
        let bad = Set(Self.series.plan.instances.prefix(2).map(\.uid))
        var (ledger, portions) = Self.ledger()
        let first = Self.result(portions[0], except: Dictionary(uniqueKeysWithValues: bad.map { ($0, .checksumMismatch) }))
        let again = ledger.close(first, planner: Planner())
        #expect(Set(again.flatMap { $0.instances.map(\.uid) }) == bad)
        #expect(!ledger.isClosed)
        for portion in again {
            let failing = Dictionary(uniqueKeysWithValues: portion.instances.map { ($0.uid, CodError.Code.checksumMismatch) })
            #expect(ledger.close(Self.result(portion, except: failing), planner: Planner()).isEmpty)
        }
        #expect(ledger.isClosed && ledger.failedCount == 2)
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
                #expect(ledger.close(Self.result(work.portions[0], except: failing), planner: nil).isEmpty)
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
        #expect(ledger.close(Self.result(portions[0], except: [uid: .checksumMismatch]), planner: nil).isEmpty)
        (ledger, portions) = Self.ledger()
        var result = Self.result(portions[0], except: [uid: .checksumMismatch])
        result.failures.append(CodError(.unauthorized, "No.", reach: .job))
        #expect(ledger.close(result, planner: Planner()).isEmpty)
    }
}

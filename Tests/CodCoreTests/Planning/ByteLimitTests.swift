import Testing

@testable import CodCore

@Suite("A limit of bytes takes whole instances that fit, in the plan's order")
struct ByteLimitTests {
    private static func plan(_ series: [SeriesPlan]) -> RetrievalPlan {
        RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: series)])
    }

    private static func work(
        _ plan: RetrievalPlan, limit: Int64?, saved: [SeriesID: [SavedInstance]] = [:], connectionCount: Int = 8
    ) -> Work {
        Work(
            plan: plan, saved: saved, planner: Planner(), connectionCount: connectionCount, maximumByteCount: limit)
    }

    private static func chosen(_ work: Work) -> [String] {
        work.studies.flatMap(\.series).flatMap(\.portions).flatMap(\.instances).map(\.uid)
    }

    /// As if all of its portions had been saved.
    private static func saving(_ work: Work, _ saved: inout [SeriesID: [SavedInstance]]) {
        for series in work.studies.flatMap(\.series) {
            saved[series.plan.id, default: []] += series.portions.flatMap(\.instances).map { planned in
                SavedInstance(
                    instance: Instance(series: series.plan.id, uid: planned.uid, byteCount: planned.byteCount ?? 0), path: "",
                    root: "", isEarlier: true)
            }
        }
    }

    @Test("No limit, and one that all fits into, change nothing", arguments: [nil, 40_000_000, .max] as [Int64?])
    func noLimit(limit: Int64?) {
        let plan = Self.plan((0..<3).map { LinkSimulation.series($0, byteCount: 8 << 20) })
        let work = Self.work(plan, limit: limit)
        #expect(work.leftOut == nil && work.studies.flatMap(\.series).allSatisfy { $0.leftOut == nil })
        #expect(Self.chosen(work) == Self.chosen(Self.work(plan, limit: nil)))
    }

    @Test("Never more bytes than the limit, whatever it is; the counts of what is left add up", arguments: Array(0..<40))
    func bound(seed: UInt64) {
        let plan = Self.plan(
            (0..<4).map { RandomSeries(seed: seed &* 7 &+ $0, instanceCount: 12, unlistedShare: seed % 3 == 0 ? 2 : 0).plan })
        let all = Self.work(plan, limit: nil)
        for share in [0, 1, 10, 50, 90, 99] as [Int64] {
            let limit = all.transferByteCount / 100 * share
            let work = Self.work(plan, limit: limit)
            #expect(work.transferByteCount <= limit)
            #expect(Self.chosen(work).count + (work.leftOut?.instanceCount ?? 0) == Self.chosen(all).count)
            #expect(work.leftOut?.limit == limit)
            #expect(
                work.allStudies.flatMap(\.series).flatMap(\.portions).count
                    == all.studies.flatMap(\.series).flatMap(\.portions).count)
            let cut = work.studies.flatMap(\.series).filter { $0.leftOut != nil }.count
            #expect(cut == work.leftOut?.seriesCount)
        }
    }

    @Test("Run after run all comes, each instance once", arguments: Array(0..<12))
    func converges(seed: UInt64) {
        let plan = Self.plan(
            (0..<3).map { RandomSeries(seed: seed &* 5 &+ $0, instanceCount: 10, maximumByteCount: 900_000).plan })
        var saved: [SeriesID: [SavedInstance]] = [:]
        var seen: [String] = []
        var runCount = 0
        while runCount < 100 {
            let work = Self.work(plan, limit: 2_000_000, saved: saved)
            seen += work.studies.flatMap(\.series).flatMap { one in
                one.portions.flatMap(\.instances).map { "\(one.plan.id)/\($0.uid)" }
            }
            Self.saving(work, &saved)
            runCount += 1
            if work.leftOut == nil { break }
        }
        #expect(seen.count == 30 && Set(seen).count == 30 && runCount > 1 && runCount < 100)
    }

    @Test("Whole series first, then instances of the next from its beginning; what is behind is passed over")
    func order() {
        let series = (0..<3).map { LinkSimulation.series($0, byteCount: 4 << 20) }
        let first = Self.work(Self.plan([series[0]]), limit: nil).transferByteCount
        let entry: Int64 = (526 << 10) + 512
        let work = Self.work(Self.plan(series), limit: first + 2 * entry + 1)
        let counts = work.studies.flatMap(\.series).map { $0.portions.flatMap(\.instances).count }
        #expect(counts == [series[0].instances.count, 2, 0])
        #expect(work.leftOut?.leastByteCount == entry)
    }

    @Test("What is larger than the limit does not keep smaller things behind it from coming, and the error says what it needs")
    func tooLarge() {
        let large = LinkSimulation.series(0, byteCount: 50 << 20, entryByteCount: 49 << 20)
        let small = LinkSimulation.series(1, byteCount: 1 << 20, entryByteCount: 64 << 10)
        let work = Self.work(Self.plan([large, small]), limit: 5 << 20)
        #expect(work.studies[0].series.map { !$0.portions.isEmpty } == [false, true])
        let error = work.leftOut?.error
        #expect(error?.code == .limitReached && error?.recovery?.contains("\((49 << 20) + 512) bytes") == true)
    }

    @Test("What can only be fetched as a whole comes as a whole or not at all")
    func onePiece() {
        let id = SeriesID(study: "1.2", series: "1.2.9")
        let archive = Archive(series: id, url: "u", objectName: "o", byteCount: 1_000_000)
        // Nobody knows where its entries lie.
        let series = SeriesPlan(
            id: id, state: .retrievable(archive), instances: (0..<4).map { PlannedInstance(uid: "1.\($0)", byteCount: 200_000) })
        #expect(Self.chosen(Self.work(Self.plan([series]), limit: 999_999)).isEmpty)
        #expect(Self.chosen(Self.work(Self.plan([series]), limit: 1_000_000)).count == 4)
        let work = Self.work(Self.plan([series]), limit: 999_999)
        #expect(work.leftOut?.leastByteCount == 1_000_000 && work.leftOut?.instanceCount == 4)
    }

    @Test("The room that is asked for, and what is told of each study, keep apart what comes now and what there is")
    func stats() {
        let plan = Self.plan((0..<2).map { LinkSimulation.series($0, byteCount: 4 << 20) })
        let all = Self.work(plan, limit: nil)
        let work = Self.work(plan, limit: all.transferByteCount / 2)
        #expect(
            work.missingByteCounts.count == Self.chosen(work).count && work.missingByteCounts.count < all.missingByteCounts.count)
        let stats = DownloadStats(work)
        #expect(
            stats.instanceCount == DownloadStats(all).instanceCount && stats.totalSizeBytes == DownloadStats(all).totalSizeBytes)
        #expect(stats.transferSizeBytes == work.transferByteCount && stats.series.count == 1)
    }
}

import CodCore
import Testing

@Suite("A plan is shared among workers")
struct SharingTests {
    static let plan = RetrievalPlan(
        studies: [
            StudyPlan(uid: "a", series: (1...9).map { RandomSeries(seed: $0, instanceCount: Int($0) * 5).plan }),
            StudyPlan(uid: "b", series: (10...12).map { RandomSeries(seed: $0, instanceCount: 4).plan }),
            StudyPlan(uid: "missing", series: [], failure: CodError(.studyNotFound, "Gone.")),
        ])

    @Test("Shares are disjoint and complete; a study that failed is in one of them", arguments: 1...7)
    func partition(count: Int) {
        let shares = (0..<count).map { Self.plan.share($0, of: count) }
        let series = shares.flatMap { $0.series.map(\.id) }
        #expect(series.count == Set(series).count)
        #expect(Set(series) == Set(Self.plan.series.map(\.id)))
        #expect(shares.count { $0.studies.contains { $0.failure != nil } } == 1)
    }

    @Test("No share is heavier than the lightest by more than the largest series")
    func balance() {
        let weights = (0..<3).map { Self.plan.share($0, of: 3).series.reduce(0) { $0 + ($1.archive?.byteCount ?? 0) } }
        let largest = Self.plan.series.map { $0.archive?.byteCount ?? 0 }.max() ?? 0
        #expect((weights.max() ?? 0) - (weights.min() ?? 0) <= largest)
    }
}

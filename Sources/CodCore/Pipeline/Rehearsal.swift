/// What a run would do, and what is in its way.
package struct Rehearsal: Sendable {
    /// All that there is to do, however many runs it takes.
    package let stats: DownloadStats
    /// Why a run would not begin; `nil` when nothing is known to be in its way.
    package let obstacle: CodError?
    /// What one run is to save, less than all where a limit of bytes leaves something for later.
    package let studyCount: Int
    package let seriesCount: Int
    package let instanceCount: Int
    package let byteCount: Int64
    /// Studies of which something is to be saved and nothing is left for later.
    package let completedStudyCount: Int

    init(of work: Work, obstacle: CodError?) {
        stats = DownloadStats(work)
        self.obstacle = obstacle
        let studies = work.studies.map { study in
            (
                isCut: study.series.contains { $0.leftOut != nil },
                series: study.series.filter { $0.plan.failure == nil && !$0.missing.isEmpty }
            )
        }.filter { !$0.series.isEmpty }
        let series = studies.flatMap(\.series)
        studyCount = studies.count
        seriesCount = series.count
        instanceCount = series.reduce(0) { $0 + $1.missing.count }
        byteCount = series.reduce(0) { $0.addingSaturated($1.missingByteCount) }
        completedStudyCount = studies.count { !$0.isCut }
    }
}

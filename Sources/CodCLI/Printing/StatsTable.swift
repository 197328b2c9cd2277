import CodCore

/// Stats as people read them: a row a series, a sum for each study where there are several, and what it all comes to.
struct StatsTable {
    let stats: DownloadStats
    /// The width of the terminal that it is shown on; `nil`: it goes elsewhere, and nothing is cut.
    var columnCount: Int?

    private static let headings = ["MODALITY", "DESCRIPTION", "INSTANCES", "SIZE", "SAVED", "STATE", "SERIES"]

    var lines: [String] {
        let rows = stats.studies.map { study in
            study.series.map(Self.cells) + (stats.studies.count > 1 && study.series.count > 1 ? [Self.sum(of: study)] : [])
        }
        guard rows.contains(where: { !$0.isEmpty }) else { return stats.studies.flatMap(Self.heading) + [total] }
        let layout = TableLayout(
            headings: Self.headings, rows: rows.flatMap(\.self), rightAligned: [2, 3, 4], flexible: 1, columnCount: columnCount)
        var lines = layout.lines(of: Self.headings)
        for (study, rows) in zip(stats.studies, rows) {
            lines += Self.heading(of: study)
            for (position, cells) in rows.enumerated() {
                lines += layout.lines(of: cells)
                if position < study.series.count, let error = study.series[position].error { lines.append("    \(error)") }
            }
        }
        return lines + [total]
    }

    private static func heading(of study: StudyStats) -> [String] {
        ["Study \(study.study)"] + (study.error.map { ["  \($0)"] } ?? [])
    }

    private static func cells(of series: SeriesStats) -> [String] {
        let notices = series.notices.map { $0 == SeriesPlan.Notice.hasErrorLog.rawValue ? "error log" : $0 }
        let count = series.listed == series.instances ? "\(series.instances)" : "\(series.instances) of \(series.listed)"
        return [
            series.modality ?? "–", series.description ?? "–", count, Amount.bytes(series.bytes), "\(series.saved)",
            ([series.state.rawValue] + notices).joined(separator: ", "), series.series,
        ]
    }

    private static func sum(of study: StudyStats) -> [String] {
        let (instances, listed) = (study.series.reduce(0) { $0 + $1.instances }, study.series.reduce(0) { $0 + $1.listed })
        return [
            "", "in all \(Amount.count(study.series.count, "series"))",
            listed == instances ? "\(instances)" : "\(instances) of \(listed)",
            Amount.bytes(study.series.reduce(0) { $0 + $1.bytes }), "\(study.series.reduce(0) { $0 + $1.saved })", "", "",
        ]
    }

    private var total: String {
        let left = stats.totalSizeBytes - stats.totalSavedSizeBytes
        let studies = stats.studies.count > 1 ? "\(Amount.count(stats.studies.count, "study")), " : ""
        return "\(studies)\(Amount.count(stats.totalSeriesCount, "series")), \(Amount.count(stats.instanceCount, "instance")), "
            + "\(Amount.bytes(stats.totalSizeBytes)); saved: \(Amount.count(stats.totalSavedSeriesCount, "series")), "
            + "\(Amount.bytes(stats.totalSavedSizeBytes)); to save: \(Amount.bytes(left)) "
            + "(\(Amount.bytes(stats.transferSizeBytes)) to transfer)"
    }
}

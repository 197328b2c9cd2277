import CodCore

/// Stats as people read them: a row a series, and what it comes to.
struct StatsTable {
    let stats: DownloadStats

    var lines: [String] {
        var lines: [String] = []
        for study in stats.studies {
            lines.append("Study \(study.study)")
            if let error = study.error { lines.append("  \(error)") }
            lines += Self.aligned(study.series.map(Self.row))
        }
        let left = stats.totalSizeBytes - stats.totalSavedSizeBytes
        lines.append(
            "\(Amount.count(stats.totalSeriesCount, "series")), \(Amount.count(stats.instanceCount, "instance")), "
                + "\(Amount.bytes(stats.totalSizeBytes)); saved: \(Amount.count(stats.totalSavedSeriesCount, "series")), "
                + "\(Amount.bytes(stats.totalSavedSizeBytes)); to save: \(Amount.bytes(left)) "
                + "(\(Amount.bytes(stats.transferSizeBytes)) to transfer)")
        return lines
    }

    private static func row(_ series: SeriesStats) -> [String] {
        let state = ([series.state.rawValue] + series.notices).joined(separator: ", ")
        return [
            series.modality ?? "–", Amount.count(series.instances, "instance"), Amount.bytes(series.bytes),
            series.saved == 0 || series.state == .saved ? state : "\(state): \(series.saved) saved", series.series,
            [series.description, series.error].compactMap(\.self).joined(separator: " — "),
        ]
    }

    private static func aligned(_ rows: [[String]]) -> [String] {
        let columnCount = rows.first?.count ?? 0
        let widths = (0..<columnCount).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = "  " + cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
        }
    }
}

import Testing

@testable import CodCLI
@testable import CodCore

@Suite("Stats are a table")
struct StatsTableTests {
    private static func row(
        _ uid: String, modality: String? = "CT", description: String? = "Chest", listed: Int = 10, instances: Int = 10,
        saved: Int = 0, state: SeriesStats.State = .remote, notices: [String] = [], error: String? = nil
    ) -> SeriesStats {
        SeriesStats(
            series: uid, modality: modality, description: description, listed: listed, instances: instances,
            bytes: Int64(instances) * 1000, saved: saved, savedBytes: Int64(saved) * 1000, state: state, notices: notices,
            error: error)
    }

    private static func stats(_ studies: [StudyStats]) -> DownloadStats {
        DownloadStats(
            totalSeriesCount: 3, totalSavedSeriesCount: 1, totalSizeBytes: 12_000, totalSavedSizeBytes: 2000, series: [],
            toFetch: InstancesToFetch(),
            transferSizeBytes: 11_000, instanceCount: 12, studies: studies)
    }

    private static let study = StudyStats(
        study: "1.2",
        series: [
            row("1.2.1", listed: 1000, instances: 8, saved: 8, state: .saved),
            row(
                "1.2.22", modality: nil, description: nil, instances: 0, state: .failed, notices: ["hasErrorLog", "locked"],
                error: "It is broken."),
            row("1.2.3", description: "A description that is long", instances: 4, saved: 1, state: .partial),
        ], error: nil)

    @Test("Headings, numbers to the right, locked and error logs, the cause of a failure in full")
    func table() {
        #expect(
            StatsTable(stats: Self.stats([Self.study])).lines == [
                "  MODALITY  DESCRIPTION                 INSTANCES    SIZE  SAVED  STATE                      SERIES",
                "Study 1.2",
                "  CT        Chest                       8 of 1000  8.0 kB      8  saved                      1.2.1",
                "  –         –                             0 of 10     0 B      0  failed, error log, locked  1.2.22",
                "    It is broken.",
                "  CT        A description that is long    4 of 10  4.0 kB      1  partial                    1.2.3",
                "3 series, 12 instances, 12 kB; saved: 1 series, 2.0 kB; to save: 10 kB (11 kB to transfer)",
            ])
    }

    @Test("Of several studies each has its sum; one that failed says why")
    func several() {
        let lost = StudyStats(study: "1.3", series: [], error: "It is not there.")
        let one = StudyStats(study: "1.4", series: [Self.row("1.4.1")], error: nil)
        let lines = StatsTable(stats: Self.stats([Self.study, lost, one])).lines
        #expect(lines.contains("            in all 3 series             12 of 1020   12 kB      9"))
        #expect(lines.contains("Study 1.3") && lines.contains("  It is not there.") && lines.count { $0.contains("in all") } == 1)
        #expect(lines.last?.hasPrefix("3 studies, 3 series") == true)
        #expect(StatsTable(stats: Self.stats([lost])).lines.count == 3)
    }

    @Test(
        "On a terminal no line of the table is wider than it, down to where nothing more can give way", arguments: Array(60...120)
    )
    func widths(columnCount: Int) throws {
        let uid = "2.25.136146790040361050476487991882524382640"
        let study = StudyStats(study: "1", series: Self.study.series + [Self.row(uid)], error: nil)
        let lines = StatsTable(stats: Self.stats([study]), columnCount: columnCount).lines.dropLast()
        if columnCount >= 80 { #expect(lines.allSatisfy { $0.count <= columnCount }, "\(lines.map(\.count))") }
        // An identifier is there to be copied.
        #expect(lines.contains { $0.hasSuffix("  \(uid)") })
        #expect(lines.contains { $0.contains("A descripti") })
        let wide = StatsTable(stats: Self.stats([study]), columnCount: 200).lines
        #expect(wide == StatsTable(stats: Self.stats([study])).lines)
    }
}

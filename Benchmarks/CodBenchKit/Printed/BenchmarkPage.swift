/// The page with all that was measured, in Markdown, with the chart beside it.
package struct BenchmarkPage {
    private let book: ReportBook
    private let chartName: String

    /// - Parameter chartName: the chart's file, in the folder of the page.
    package init(_ book: ReportBook, chartName: String) {
        (self.book, self.chartName) = (book, chartName)
    }

    package var text: String {
        var lines = ["# Benchmarks", ""]
        lines += Self.introduction
        lines += ["", "![How much of each target is used](\(chartName))", "", "## Targets", ""]
        lines += targets.markdown(leftCount: 2)
        lines += ["", "## Measured on"]
        for (place, conditions) in allConditions.enumerated() {
            lines += [""] + Self.lines(of: conditions, mark: allConditions.count > 1 ? "\(place + 1). " : "- ")
        }
        for report in book.reports { lines += section(of: report) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "This page, its chart and the JSON beside it are written by `swift run -c release CodBench --report Documentation`, not by hand;",
        "`--only` measures a part anew and leaves the rest as it was. Contenders take turns in the same run on the same data; the first round",
        "is thrown away. A ratio is the median of the rounds' ratios, so each round is compared with itself. A roofline does less than the",
        "task asks for, or is computed. Servers run on the same machine and share its cores with what is measured. Bytes on the wire are",
        "those of bodies, counted by the server. Memory is that of all processes of a contender together.",
        "",
        "In the chart the line is the target: a bar that ends before it has reached its target.",
    ]

    private var allConditions: [Conditions] {
        book.reports.reduce(into: []) { all, report in
            if !all.contains(report.conditions) { all.append(report.conditions) }
        }
    }

    private var targets: TextTable {
        let head = ["Scenario", "Figure", "Measured", "min–max", "Target", "", "Date", "Commit"]
        let rows = book.reports.flatMap { report in
            report.figures.filter { $0.target != nil || $0.unit == .ratio }.map { figure in
                [
                    "`\(book.name(of: report))`", figure.name, figure.valueText, figure.rangeText, figure.targetText,
                    figure.verdictText,
                    report.stamp.date, report.stamp.commitText,
                ]
            }
        }
        return TextTable([head] + rows)
    }

    private static func lines(of conditions: Conditions, mark: String) -> [String] {
        let indent = String(repeating: " ", count: mark.count)
        return [
            "\(mark)\(conditions.processor), \(conditions.coreCount) cores, "
                + "\(NumberText.bytes(Double(conditions.memoryByteCount))) of memory; \(conditions.system)",
            "\(indent)Data on \(conditions.fileSystem).",
            "\(indent)Beside: \(conditions.peers.joined(separator: "; ")).",
        ]
    }

    private func section(of report: ScenarioReport) -> [String] {
        let place = allConditions.firstIndex(of: report.conditions) ?? 0
        let machine = allConditions.count > 1 ? ", on \(place + 1)" : ""
        let rounds = report.rows.isEmpty ? "" : ", \(report.roundCount) round\(report.roundCount == 1 ? "" : "s")"
        var lines = [
            "", "## `\(book.name(of: report))`: \(report.title)", "",
            "\(report.amount)\(rounds), \(report.stamp.date), \(report.stamp.commitText)\(machine).",
        ]
        for table in [report.timeTable, report.figureTable] where !table.cells.isEmpty { lines += [""] + table.markdown() }
        return lines
    }
}

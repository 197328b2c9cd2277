import CodBenchKit
import Testing

@Suite("Tables, page and chart")
struct PrintingTests {
    @Test(
        "Numbers are rounded and grouped as people read them",
        arguments: [
            (NumberText.decimal(1.005, 2), "1.00"), (NumberText.decimal(0.996, 2), "1.00"), (NumberText.decimal(-0.5, 1), "-0.5"),
            (NumberText.decimal(-0.001, 2), "0.00"), (NumberText.decimal(12.04, 3), "12.040"), (NumberText.decimal(7.5, 0), "8"),
            (NumberText.decimal(.infinity, 2), "–"), (NumberText.count(1_234_567), "1,234,567"), (NumberText.count(999), "999"),
            (NumberText.count(-1000), "-1,000"), (NumberText.bytes(526), "526 B"), (NumberText.bytes(65_536), "65.5 kB"),
            (NumberText.bytes(67_108_864), "67.1 MB"), (NumberText.bytes(10_737_418_240), "10.74 GB"),
            (NumberText.seconds(0.000_000_84), "0.84 µs"), (NumberText.seconds(0.0123), "12.3 ms"),
            (NumberText.seconds(2.135), "2.13 s"),
        ])
    func numbers(text: String, expected: String) {
        #expect(text == expected)
    }

    @Test("Columns are as wide as their widest cell, and lines have no spaces at their ends")
    func plainTable() {
        let table = TextTable([["", "s", ""], ["first", "10.5", "x"], ["2", "1", ""]])
        #expect(table.plain == ["          s", "first  10.5  x", "2         1"])
    }

    @Test("A bar in a cell does not end the cell on a page")
    func markdownTable() {
        let lines = TextTable([["a", "b"], ["curl | tar x", "1"]]).markdown()
        #expect(lines == ["| a | b |", "| :--- | ---: |", "| curl \\| tar x | 1 |"])
    }

    private let timed = report(
        "save",
        rows: [
            row("cod", .ours, wall: [1, 1.2, 1.1], output: 50), row("cp", .roofline, wall: [0.5, 0.5, 0.5]),
            row("tar x", .peer, wall: [2, 2, 2], output: 100),
        ], goals: [.wallOfFastestPeer(atMost: 0.9)])

    @Test("A table of times shows rates, ratios of ours, and sizes where they count")
    func timeTable() {
        let cells = timed.timeTable.cells
        #expect(
            cells[0] == [
                "", "wall s", "min–max", "CPU s", "CPU s/GB", "MB/s", "peak MB", "cod ÷ it", "min–max", "output MB", "size ÷",
            ])
        #expect(cells[1] == ["cod", "1.100", "1.000–1.200", "1.10", "1.10", "909", "", "", "", "0.0", ""])
        #expect(
            cells[2] == ["cp (roofline)", "0.500", "0.500–0.500", "0.50", "0.50", "2000", "", "2.20", "2.00–2.40", "", ""])
        #expect(cells[3].suffix(4) == ["0.55", "0.50–0.60", "0.0", "0.500"])
    }

    @Test("Figures are shown with their target and whether it is reached")
    func figureTable() {
        #expect(timed.figureTable.cells[1] == ["wall time ÷ tar x", "0.55", "0.50–0.60", "≤ 0.90", "reached"])
        let missed = report("memory", figures: [Figure("most memory held", 70_000_000, .bytes, target: .atMost(67_108_864))])
        #expect(missed.figureTable.cells[1] == ["most memory held", "70.0 MB", "", "≤ 67.1 MB", "missed"])
        #expect(missed.timeTable.cells.isEmpty)
        #expect(missed.text.contains("memory: the scenario memory (1,074 MB)\n"))
    }

    @Test("The page shows each scenario with its own date and commit, and the machine once")
    func page() {
        let page = BenchmarkPage(ReportBook([timed, report("other", commit: "fff0000")]), chartName: "x.svg").text
        #expect(page.contains("](x.svg)"))
        #expect(page.contains("| `save` | wall time ÷ tar x | 0.55 | 0.50–0.60 | ≤ 0.90 | reached | 2026-01-31 | abc1234 |"))
        #expect(page.contains("## `other`: the scenario other"))
        #expect(page.contains("2026-01-31, fff0000.\n"))
        #expect(page.split(separator: "A processor").count == 2)
        #expect(page.hasSuffix("\n") && !page.hasSuffix("\n\n"))
    }

    @Test("Results of two machines are told apart")
    func twoMachines() {
        let page = BenchmarkPage(ReportBook([timed, report("other", system: "Linux 7")]), chartName: "x.svg").text
        #expect(page.contains("1. A processor") && page.contains("2. A processor"))
        #expect(page.contains("abc1234, on 2.\n"))
    }

    @Test("A chart has a bar for each figure with a target or ratio, cut where it is too long, and escapes what it shows")
    func chart() {
        let svg = TargetChart(
            ReportBook([
                report(
                    "a<b>&\"c\"",
                    figures: [
                        Figure("good", Spread(0.45), .ratio, target: .atMost(0.9)),
                        Figure("bad", Spread(9), .ratio, target: .atMost(0.9)), Figure("free", Spread(0.7), .ratio),
                        Figure("no bar", 7, .count),
                    ])
            ])
        ).svg
        #expect(svg.contains("<rect class=\"reached\" x=\"520\" y=\"44\" width=\"90.0\""))
        #expect(svg.contains("<rect class=\"missed\" x=\"520\" y=\"68\" width=\"360.0\""))
        #expect(svg.contains("→ 9.00 (≤ 0.90)"))
        #expect(svg.contains("<rect class=\"plain\" x=\"520\" y=\"92\" width=\"126.0\""))
        #expect(!svg.contains("no bar"))
        #expect(svg.contains("a&lt;b&gt;&amp;&quot;c&quot;: good") && !svg.contains("a<b>"))
        #expect(svg.contains("prefers-color-scheme: dark") && !svg.contains("<script"))
    }
}

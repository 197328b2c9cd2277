extension ScenarioReport {
    /// The runs, a row a contender, under a head; empty where nothing was timed.
    package var timeTable: TextTable {
        guard !rows.isEmpty else { return TextTable([]) }
        let weighsOutput = rows.contains { $0.outputByteCount != nil }
        let takesBytes = rows.contains { $0.byteCount > 0 }
        var head = ["", "wall s", "min–max", "CPU s"]
        if takesBytes { head += ["CPU s/GB", "MB/s"] }
        head += ["peak MB", "cod ÷ it", "min–max"]
        if weighsOutput { head += ["output MB", "size ÷"] }
        return TextTable([head] + rows.map { cells(of: $0, takesBytes: takesBytes, weighsOutput: weighsOutput) })
    }

    /// The figures, with their targets and whether they are reached.
    package var figureTable: TextTable {
        guard !figures.isEmpty else { return TextTable([]) }
        return TextTable(
            [["", "measured", "min–max", "target", ""]]
                + figures.map { [$0.name, $0.valueText, $0.rangeText, $0.targetText, $0.verdictText] })
    }

    /// All of it for a terminal.
    package var text: String {
        let tables = [timeTable, figureTable].filter { !$0.cells.isEmpty }.map { $0.plain.joined(separator: "\n") }
        return (["", "\(key): \(title) (\(amount))"] + tables).joined(separator: "\n")
    }

    private func cells(of row: TimedRow, takesBytes: Bool, weighsOutput: Bool) -> [String] {
        let wall = row.wallSeconds
        let isOurs = row.role == .ours
        var cells = [
            row.name + (row.role == .roofline ? " (roofline)" : ""), NumberText.decimal(wall.median, 3), Self.range(wall, 3),
            NumberText.decimal(row.cpuSeconds.median, 2),
        ]
        if takesBytes {
            let gigabytes = Double(row.byteCount) / 1e9
            cells += [
                gigabytes > 0 ? NumberText.decimal(row.cpuSeconds.median / gigabytes, 2) : "",
                gigabytes > 0 && wall.median > 0 ? NumberText.decimal(gigabytes * 1e3 / wall.median, 0) : "",
            ]
        }
        cells.append(row.peakByteCount.map { NumberText.decimal(Double($0) / 1e6, 0) } ?? "")
        let ratio = rows.first { $0.role == .ours }.map { $0.ratio(of: \.wallSeconds, to: row) }
        cells +=
            isOurs ? ["", ""] : [ratio.map { NumberText.decimal($0.median, 2) } ?? "", ratio.map { Self.range($0, 2) } ?? ""]
        guard weighsOutput else { return cells }
        let ours = rows.first { $0.role == .ours }?.outputByteCount
        return cells + [
            row.outputByteCount.map { NumberText.decimal(Double($0) / 1e6, 1) } ?? "",
            isOurs
                ? "" : row.outputByteCount.flatMap { own in ours.map { NumberText.decimal(Double($0) / Double(own), 3) } } ?? "",
        ]
    }

    private static func range(_ spread: Spread, _ digits: Int) -> String {
        "\(NumberText.decimal(spread.minimum, digits))–\(NumberText.decimal(spread.maximum, digits))"
    }
}

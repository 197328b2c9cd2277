#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a scenario came to: medians, their spread, and ratios to ours.
struct ScenarioReport: Encodable {
    struct Row: Encodable {
        let name: String
        let isRoofline: Bool
        let wallSeconds: Double
        let wallSecondsMinimum: Double
        let wallSecondsMaximum: Double
        let cpuSeconds: Double
        let megabytesPerSecond: Double
        let peakMegabytes: Double?
        /// Our wall time in parts of this one's; filled in by the report.
        var ourShareOfWall = 1.0

        init(_ contender: Contender, samples: [Sample], ours: Int64) {
            let walls = samples.map(\.wallSeconds).sorted()
            name = contender.name
            isRoofline = contender.isRoofline
            wallSeconds = walls[walls.count / 2]
            wallSecondsMinimum = walls[0]
            wallSecondsMaximum = walls[walls.count - 1]
            cpuSeconds = samples.map(\.cpuSeconds).sorted()[samples.count / 2]
            megabytesPerSecond = Double(contender.byteCount) / 1e6 / wallSeconds
            let peak = samples.map(\.peakByteCount).max() ?? 0
            peakMegabytes = peak == 0 ? nil : Double(peak) / 1e6
        }
    }

    let name: String
    let rows: [Row]

    init(name: String, rows: [Row]) {
        self.name = name
        self.rows = rows.map { row in
            var row = row
            row.ourShareOfWall = rows[0].wallSeconds / row.wallSeconds
            return row
        }
    }

    /// A table for people.
    var table: String {
        let cells =
            [["", "wall s", "min–max", "CPU s", "MB/s", "peak MB", "cod ÷ it"]]
            + rows.map { row in
                [
                    row.name + (row.isRoofline ? " (roofline)" : ""), Self.decimal(row.wallSeconds, 3),
                    "\(Self.decimal(row.wallSecondsMinimum, 3))–\(Self.decimal(row.wallSecondsMaximum, 3))",
                    Self.decimal(row.cpuSeconds, 3), Self.decimal(row.megabytesPerSecond, 0),
                    row.peakMegabytes.map { Self.decimal($0, 0) } ?? "", Self.decimal(row.ourShareOfWall, 2),
                ]
            }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
        return (["", name] + lines).joined(separator: "\n")
    }

    /// All reports, for machines.
    static func json(_ reports: [ScenarioReport]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(reports), as: UTF8.self)
    }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1000][digits]
        let rounded = Int((value * scale).rounded())
        if digits == 0 { return "\(rounded)" }
        let fraction = String(rounded % Int(scale))
        return "\(rounded / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a scenario came to: medians, their spread, and ratios of ours to the others.
struct ScenarioReport: Encodable {
    /// A median of all rounds, and how far they were apart.
    struct Spread: Encodable {
        let median: Double
        let minimum: Double
        let maximum: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            (median, minimum, maximum) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
        }
    }

    struct Row: Encodable {
        let name: String
        let isRoofline: Bool
        let wallSeconds: Spread
        let cpuSeconds: Spread
        let cpuSecondsPerGigabyte: Double
        let megabytesPerSecond: Double
        let peakMegabytes: Double?
        /// What it wrote, and what we wrote in parts of that.
        let outputMegabytes: Double?
        let ourSizeRatio: Double?
        /// Our wall time in parts of this one's, round by round: below 1 we are faster.
        let ourWallRatio: Spread

        init(_ contender: Contender, samples: [Sample], ours: [Sample]) {
            name = contender.name
            isRoofline = contender.isRoofline
            wallSeconds = Spread(samples.map(\.wallSeconds))
            cpuSeconds = Spread(samples.map(\.cpuSeconds))
            cpuSecondsPerGigabyte = cpuSeconds.median / Double(contender.byteCount) * 1e9
            megabytesPerSecond = Double(contender.byteCount) / 1e6 / wallSeconds.median
            let peak = samples.map(\.peakByteCount).max() ?? 0
            peakMegabytes = peak == 0 ? nil : Double(peak) / 1e6
            let output = samples.map(\.outputByteCount).max() ?? 0
            outputMegabytes = output == 0 ? nil : Double(output) / 1e6
            let ourOutput = ours.map(\.outputByteCount).max() ?? 0
            ourSizeRatio = output == 0 || ourOutput == 0 ? nil : Double(ourOutput) / Double(output)
            // Rounds are compared with themselves: what else the machine does changes from one to the next.
            ourWallRatio = Spread(zip(ours, samples).map { $0.wallSeconds / $1.wallSeconds })
        }
    }

    let name: String
    let rows: [Row]

    /// - Parameter samples: of each contender, one of each round; the first contender is ours.
    init(name: String, contenders: [Contender], samples: [[Sample]]) {
        self.name = name
        rows = zip(contenders, samples).map { Row($0, samples: $1, ours: samples[0]) }
    }

    /// A table for people.
    var table: String {
        let weighsOutput = rows.contains { $0.outputMegabytes != nil }
        let sizeHeads = weighsOutput ? ["output MB", "size ÷"] : []
        let cells =
            [["", "wall s", "min–max", "CPU s", "CPU s/GB", "MB/s", "peak MB", "cod ÷ it", "min–max"] + sizeHeads]
            + rows.enumerated().map { position, row in
                let sizes = [
                    row.outputMegabytes.map { Self.decimal($0, 1) } ?? "",
                    position == 0 ? "" : row.ourSizeRatio.map { Self.decimal($0, 3) } ?? "",
                ]
                return [
                    row.name + (row.isRoofline ? " (roofline)" : ""), Self.decimal(row.wallSeconds.median, 3),
                    Self.range(row.wallSeconds, 3), Self.decimal(row.cpuSeconds.median, 2),
                    Self.decimal(row.cpuSecondsPerGigabyte, 2), Self.decimal(row.megabytesPerSecond, 0),
                    row.peakMegabytes.map { Self.decimal($0, 0) } ?? "",
                    position == 0 ? "" : Self.decimal(row.ourWallRatio.median, 2),
                    position == 0 ? "" : Self.range(row.ourWallRatio, 2),
                ] + (weighsOutput ? sizes : [])
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

    private static func range(_ spread: Spread, _ digits: Int) -> String {
        "\(decimal(spread.minimum, digits))–\(decimal(spread.maximum, digits))"
    }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1000][digits]
        let rounded = Int((value * scale).rounded())
        if digits == 0 { return "\(rounded)" }
        let fraction = String(rounded % Int(scale))
        return "\(rounded / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}

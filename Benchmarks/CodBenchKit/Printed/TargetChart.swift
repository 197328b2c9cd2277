/// A bar for each figure that has a target or is a ratio: how much of the target is used. Readable in light and dark, without a script.
package struct TargetChart {
    private struct Bar {
        let label: String
        let value: String
        let share: Double
        let isReached: Bool?
    }

    private let bars: [Bar]

    package init(_ book: ReportBook) {
        bars = book.reports.flatMap { report in
            report.figures.compactMap { figure in
                figure.shareOfTarget.map { share in
                    let target = figure.target == nil ? "" : " (\(figure.targetText))"
                    return Bar(
                        label: "\(book.name(of: report)): \(figure.name)", value: figure.valueText + target, share: share,
                        isReached: figure.isReached)
                }
            }
        }
    }

    private static let (labelWidth, unitWidth, valueWidth) = (520, 180, 190)
    private static let (rowHeight, barHeight, top) = (24, 14, 44)
    /// Longer bars are cut here, and say so by an arrow.
    private static let longestShare = 2.0

    /// The SVG, an element a line.
    package var svg: String {
        let barsWidth = Int(Self.longestShare * Double(Self.unitWidth))
        let (width, height) = (Self.labelWidth + barsWidth + Self.valueWidth, Self.top + bars.count * Self.rowHeight + 34)
        let line = Self.labelWidth + Self.unitWidth
        let bottom = Self.top + bars.count * Self.rowHeight
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" "
                + "role=\"img\" aria-label=\"How much of each target is used\">",
            Self.style, "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\" rx=\"6\"/>",
            "<text class=\"head\" x=\"16\" y=\"26\">In parts of the target: shorter is better</text>",
            "<text class=\"note\" x=\"\(line)\" y=\"\(Self.top - 8)\" text-anchor=\"middle\">target</text>",
        ]
        for (place, bar) in bars.enumerated() { lines += elements(of: bar, at: Self.top + place * Self.rowHeight) }
        lines += [
            "<line class=\"target\" x1=\"\(line)\" x2=\"\(line)\" y1=\"\(Self.top - 4)\" y2=\"\(bottom + 4)\"/>",
            "<text class=\"note\" x=\"16\" y=\"\(bottom + 22)\">"
                + "Green: reached. Red, hatched: missed. Grey: a ratio without a target; the line is as fast as the other.</text>",
            "</svg>",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func elements(of bar: Bar, at y: Int) -> [String] {
        let isCut = bar.share > Self.longestShare
        let length = max(NumberText.decimal(min(bar.share, Self.longestShare) * Double(Self.unitWidth), 1), "1.0")
        let kind = bar.isReached.map { $0 ? "reached" : "missed" } ?? "plain"
        let base = y + Self.barHeight - 2
        let end = Self.labelWidth + Int(min(bar.share, Self.longestShare) * Double(Self.unitWidth))
        return [
            "<text class=\"label\" x=\"\(Self.labelWidth - 10)\" y=\"\(base)\" text-anchor=\"end\">"
                + "\(Self.escaped(Self.shortened(bar.label)))</text>",
            "<rect class=\"\(kind)\" x=\"\(Self.labelWidth)\" y=\"\(y)\" width=\"\(length)\" height=\"\(Self.barHeight)\" rx=\"2\"/>",
            "<text class=\"value\" x=\"\(max(end, Self.labelWidth + Self.unitWidth) + 8)\" y=\"\(base)\">"
                + "\(isCut ? "→ " : "")\(Self.escaped(bar.value))</text>",
        ]
    }

    private static let style = """
        <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
        <rect class="missedGround" width="6" height="6"/><line class="stripe" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
        <style>
        text { font: 12px sans-serif; fill: #1f2328; }
        .head { font-weight: bold; font-size: 14px; }
        .note { fill: #59636e; }
        .ground { fill: #ffffff; }
        .reached { fill: #2da44e; }
        .missed { fill: url(#hatch); }
        .missedGround { fill: #cf222e; }
        .stripe { stroke: #ffffff; stroke-width: 2; stroke-opacity: 0.5; }
        .plain { fill: #8c959f; }
        .target { stroke: #1f2328; stroke-width: 2; stroke-dasharray: 5 3; }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .note { fill: #9198a1; }
        .ground { fill: #0d1117; }
        .reached { fill: #3fb950; }
        .missedGround { fill: #f85149; }
        .stripe { stroke: #0d1117; }
        .plain { fill: #6e7681; }
        .target { stroke: #e6edf3; }
        }
        </style>
        """

    /// About as long as there is room for.
    private static func shortened(_ label: String) -> String {
        label.count > 84 ? label.prefix(83) + "…" : label
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }
}

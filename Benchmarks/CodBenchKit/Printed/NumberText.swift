/// Numbers as people read them.
package enum NumberText {
    /// With so many digits behind the point, at most six.
    package static func decimal(_ value: Double, _ digits: Int) -> String {
        let digits = min(max(digits, 0), 6)
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        guard value.isFinite, abs(value * scale) < 1e15 else { return "–" }
        let rounded = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && rounded > 0 ? "-" : ""
        if digits == 0 { return "\(sign)\(rounded)" }
        let fraction = String(rounded % Int64(scale))
        return "\(sign)\(rounded / Int64(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// `1,234,567`
    package static func count(_ value: Double) -> String {
        var digits = Substring(decimal(abs(value), 0))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// Decimal units: `526 B`, `65.5 kB`, `1.07 GB`.
    package static func bytes(_ value: Double) -> String {
        switch abs(value) {
        case ..<1e3: "\(decimal(value, 0)) B"
        case ..<1e6: "\(decimal(value / 1e3, 1)) kB"
        case ..<1e9: "\(decimal(value / 1e6, 1)) MB"
        default: "\(decimal(value / 1e9, 2)) GB"
        }
    }

    /// `2.14 s`, `12.3 ms`, `0.84 µs`.
    package static func seconds(_ value: Double) -> String {
        switch abs(value) {
        case ..<1e-3: "\(decimal(value * 1e6, 2)) µs"
        case ..<1: "\(decimal(value * 1e3, 1)) ms"
        default: "\(decimal(value, 2)) s"
        }
    }

    /// In its unit.
    package static func text(_ value: Double, _ unit: Figure.Unit) -> String {
        switch unit {
        case .ratio: decimal(value, 2)
        case .seconds: seconds(value)
        case .bytes: bytes(value)
        case .count: count(value)
        }
    }
}

extension Figure {
    /// The median in its unit.
    package var valueText: String { NumberText.text(value.median, unit) }

    /// From the least to the most; empty for what was taken once.
    package var rangeText: String {
        guard value.minimum != value.maximum else { return "" }
        return "\(NumberText.text(value.minimum, unit))–\(NumberText.text(value.maximum, unit))"
    }

    /// `≤ 0.90`; empty without a target.
    package var targetText: String {
        target.map { "\($0.isMaximum ? "≤" : "≥") \(NumberText.text($0.limit, unit))" } ?? ""
    }

    /// `reached` or `missed`; empty without a target.
    package var verdictText: String { isReached.map { $0 ? "reached" : "missed" } ?? "" }
}

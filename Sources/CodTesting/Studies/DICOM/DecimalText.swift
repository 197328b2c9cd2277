/// Decimal strings (VR `DS`, at most 16 characters) without a formatter.
enum DecimalText {
    /// `value` rounded to `places` places, trailing zeros left out: `-12.5`, `300`, `0`.
    static func text(_ value: Double, places: Int = 4) -> String {
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        let magnitude = scaled.magnitude
        var fraction = String(magnitude % scale.magnitude)
        fraction = String(repeating: "0", count: places - min(places, fraction.utf8.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let whole = "\(scaled < 0 ? "-" : "")\(magnitude / scale.magnitude)"
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }
}

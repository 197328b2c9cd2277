extension Int64 {
    /// The sum of counts, or the largest number: sizes in metadata, records and zips are whatever somebody wrote there.
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// A count of bytes as people read it, in decimal units: `512 B`, `1.2 MB`, `34 GB`.
    package var inByteUnits: String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var value = Double(self)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        if unit == 0 { return "\(self) B" }
        let tenths = Int64((value * 10).rounded())
        return value >= 9.95 ? "\(Int64(value.rounded())) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

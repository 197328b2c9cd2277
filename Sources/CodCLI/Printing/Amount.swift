import CodCore

/// Numbers as people read them.
enum Amount {
    /// Bytes in decimal units: `512 B`, `1.2 MB`, `34 GB`.
    static func bytes(_ count: Int64) -> String { count.inByteUnits }

    /// A duration: `0:07`, `12:34`, `1:02:03`.
    static func time(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "–" }
        let total = Int(seconds.rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
    }

    /// A short duration: `12 ms`, `1.3 s`.
    static func brief(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
        let tenths = Int((min(seconds, 1e9) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }

    /// A count with its noun: `1 instance`, `2 instances`; `series` stays as it is.
    static func count(_ count: Int, _ noun: String) -> String {
        let plural = noun.hasSuffix("s") ? noun : noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s"
        return "\(count) \(count == 1 ? noun : plural)"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time of day that certificates are judged by.
enum WallClock {
    /// Seconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// The day of a moment, such as `2026-01-31`, in UTC.
    static func day(atSecond second: Int64) -> String {
        Date(timeIntervalSince1970: Double(second)).formatted(.iso8601.year().month().day())
    }
}

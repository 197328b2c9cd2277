#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A moment, in microseconds since 1970, in the two forms that the service writes.
struct Timestamp: Hashable, Sendable {
    let microseconds: Int64

    static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }

    /// `2022-10-18T09:32:20.742Z`
    var rfc3339: String {
        let (day, second) = split
        let milliseconds = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000 / 1_000
        let date = "\(padded(day.year, 4))-\(padded(day.month))-\(padded(day.day))"
        return "\(date)T\(clock(second)).\(padded(milliseconds, 3))Z"
    }

    /// `Tue, 18 Oct 2022 09:32:20 GMT`, RFC 9110 §5.6.7.
    var httpDate: String {
        let (day, second) = split
        let weekday = Self.weekdays[Int(((day.number + 4) % 7 + 7) % 7)]
        return "\(weekday), \(padded(day.day)) \(Self.months[day.month - 1]) \(padded(day.year, 4)) \(clock(second)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private struct Day {
        let number: Int64
        let year: Int
        let month: Int
        let day: Int

        /// The Gregorian date so many days after 1970-01-01, reckoned in years that begin in March, so that the leap day is last.
        init(number: Int64) {
            self.number = number
            let shifted = number + 719_468
            let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
            let dayOfEra = shifted - era * 146_097
            let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let marchMonth = (5 * dayOfYear + 2) / 153
            day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
            month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
            year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        }
    }

    private var split: (day: Day, second: Int64) {
        let seconds = microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
        let number = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        return (Day(number: number), seconds - number * 86_400)
    }

    private func clock(_ second: Int64) -> String {
        "\(padded(second / 3_600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
    }

    private func padded(_ number: some BinaryInteger, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

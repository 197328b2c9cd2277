/// Dates as HTTP writes them (RFC 9110, section 5.6.7), in all three forms.
enum HTTPDate {
    /// Seconds since the beginning of 1970, or `nil` for anything that is no date.
    static func secondsSince1970(_ text: String) -> Int64? {
        // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT" && text.contains(","):
            return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5: return seconds(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private static func seconds(day: String, month: String, year: String, time: String) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, upTo: 60) }
        guard let month = months.firstIndex(of: month), let day = number(day, upTo: 31), day > 0,
            let year = number(year, upTo: 9999), clock.count == 3,
            let hour = clock[0], hour < 24, let minute = clock[1], minute < 60, let second = clock[2]
        else { return nil }
        return days(year: fullYear(year), month: Int64(month) + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Years of two digits are of the obsolete form: up to 69 they belong to this century.
    private static func fullYear(_ year: Int64) -> Int64 {
        year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year
    }

    private static func number(_ text: some StringProtocol, upTo maximum: Int64) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else { return nil }
        return value <= maximum ? value : nil
    }

    /// Days since the beginning of 1970 in the Gregorian calendar, counted in years that begin in March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

extension ZipTime {
    /// Reads a moment in UTC: `earliest`, `2026-01-31`, or `2026-01-31T23:59:59Z`. `nil` for any other text, a day that the calendar does
    /// not have, and years that a zip cannot say (before 1980, after 2107).
    public init?(_ text: String) {
        if text == "earliest" {
            self = .earliest
            return
        }
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count <= 2, let date = Self.numbers(parts[0], widths: [4, 2, 2], separator: "-") else { return nil }
        var time = [0, 0, 0]
        if parts.count == 2 {
            guard parts[1].hasSuffix("Z"), let given = Self.numbers(parts[1].dropLast(), widths: [2, 2, 2], separator: ":"),
                given[0] < 24, given[1] < 60, given[2] < 60
            else { return nil }
            time = given
        }
        guard (1980...2107).contains(date[0]), (1...12).contains(date[1]),
            (1...Self.dayCount(year: date[0], month: date[1])).contains(date[2])
        else { return nil }
        let day = Self.day(year: date[0], month: date[1], day: date[2])
        self.init(secondsSince1970: day * 86_400 + Int64(time[0] * 3600 + time[1] * 60 + time[2]))
    }

    private static func numbers(_ text: Substring, widths: [Int], separator: Character) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == widths, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        return parts.compactMap { Int($0) }
    }

    private static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day, counted from the beginning of 1970.
    private static func day(year: Int, month: Int, day: Int) -> Int64 {
        var count = 0
        for earlier in 1970..<year { count += dayCount(year: earlier, month: 2) == 29 ? 366 : 365 }
        for earlier in 1..<month { count += dayCount(year: year, month: earlier) }
        return Int64(count + day - 1)
    }
}

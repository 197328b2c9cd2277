/// A moment as a zip keeps it: seconds of UTC, in the years 1980 to 2107.
public struct ZipTime: Hashable, Sendable {
    /// Seconds since the beginning of 1970, UTC.
    public let secondsSince1970: Int64

    /// The beginning of 1980: what a zip says that is to be the same whenever it is made.
    public static var earliest: ZipTime { ZipTime(secondsSince1970: 315_532_800) }

    /// A moment, brought into the years that a zip can say.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = min(max(secondsSince1970, 315_532_800), 4_354_819_198)
    }

    /// Date and time of day in the two words of MS-DOS, to two seconds (APPNOTE.TXT 4.4.6). In UTC, so that the same moment gives the
    /// same bytes everywhere; readers that show local time take the extra field's.
    var msdos: (date: UInt16, time: UInt16) {
        let (day, second) = secondsSince1970.quotientAndRemainder(dividingBy: 86_400)
        let date = Self.civil(day: day)
        return (
            UInt16((date.year - 1980) << 9 | date.month << 5 | date.day),
            // A shift binds tighter than a division.
            UInt16((second / 3600) << 11 | (second / 60 % 60) << 5 | (second % 60) / 2)
        )
    }

    /// The date of a day that is counted from the beginning of 1970. Years begin in March here, so that the leap day is the last.
    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

import Foundation
import Testing

@testable import CodZip

@Suite("A date for all entries")
struct ZipTimeTests {
    @Test("is read as UTC, and agrees with the calendar", arguments: [1980, 1999, 2000, 2024, 2026, 2100, 2107])
    func dates(year: Int) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
            let date = try #require(calendar.date(from: DateComponents(year: year, month: month, day: day)))
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            #expect(ZipTime(text)?.secondsSince1970 == Int64(date.timeIntervalSince1970))
            #expect(ZipTime("\(text)T12:34:56Z")?.secondsSince1970 == Int64(date.timeIntervalSince1970) + 45_296)
        }
    }

    @Test("may be the earliest")
    func earliest() {
        #expect(ZipTime("earliest") == .earliest && ZipTime("1980-01-01") == .earliest)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "today", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-00", "2025-02-29", "2100-02-29", "1979-12-31",
            "2108-01-01", "2026-01-01T", "2026-01-01T12:00:00", "2026-01-01T24:00:00Z", "2026-01-01T12:60:00Z",
            "2026-01-01T12:00:00+01:00", "2026-01-01 12:00:00Z", "+026-01-01", "2026-01-01T12:00:00ZZ", "２０２６-01-01",
            "2024-04-31",
        ])
    func others(text: String) {
        #expect(ZipTime(text) == nil)
    }

    @Test("is in the two words of MS-DOS what the calendar says, on each day that they can tell, and to two seconds")
    func words() {
        var second: Int64 = 315_532_800
        for year in 1980...2107 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, dayCount) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...dayCount {
                    let words = ZipTime(secondsSince1970: second).msdos
                    #expect(words.date == UInt16((year - 1980) * 512 + (month + 1) * 32 + day) && words.time == 0)
                    let last = ZipTime(secondsSince1970: second + 86_398).msdos
                    #expect(last.date == words.date && last.time == 23 * 2048 + 59 * 32 + 29)
                    second += 86_400
                }
            }
        }
        for (clock, word) in [(0, 0), (1, 0), (2, 1), (59, 29), (60, 32), (3600, 2048), (45_296, 12 * 2048 + 34 * 32 + 28)] {
            #expect(ZipTime(secondsSince1970: 315_532_800 + Int64(clock)).msdos.time == UInt16(word))
        }
    }

    @Test("before 1980 or after 2107 is the next that can be told")
    func bounds() {
        for second in [Int64.min, -1, 0, 315_532_799] { #expect(ZipTime(secondsSince1970: second) == .earliest) }
        let last = ZipTime(secondsSince1970: .max)
        #expect(last == ZipTime("2107-12-31T23:59:58Z") && last.msdos.date == 0xFF9F && last.msdos.time == 0xBF7D)
    }
}

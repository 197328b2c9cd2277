import CodZip
import Foundation
import Testing

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
}

import CodCore
import Testing

@testable import CodTransport

@Suite("Bytes come no faster than a given rate, and no slower where there are enough")
struct ByteRateTests {
    /// Lanes that each read chunks of some size as fast as they may, in virtual time; each wakes `lateness` late. Answers the bytes of
    /// each lane that were passed on by the end of the time.
    private static func run(
        rate: Int64, chunkSizes: [Int], seconds: Double, from start: Duration = .zero, lateness: Duration = .microseconds(300)
    ) -> [Int64] {
        var limit = ByteRate(bytesPerSecond: rate)
        let end = start + .seconds(seconds)
        var times = chunkSizes.map { _ in start }
        var passed = chunkSizes.map { _ in Int64(0) }
        while let lane = times.indices.min(by: { times[$0] < times[$1] }), times[lane] < end {
            let delay = limit.delay(of: chunkSizes[lane], now: times[lane])
            times[lane] += delay > .zero ? delay + lateness : .microseconds(10)
            if times[lane] <= end { passed[lane] += Int64(chunkSizes[lane]) }
        }
        return passed
    }

    @Test(
        "Over five seconds the rate is kept within a twentieth, whatever it is and however many lanes there are",
        arguments: [20_000_000, 1_000_000, 123_457_000, 900_000_000], [1, 3, 8, 32])
    func accuracy(rate: Int, laneCount: Int) {
        let size = min(max(rate / 32 / laneCount, 1 << 10), 1 << 20)
        let passed = Self.run(rate: Int64(rate), chunkSizes: Array(repeating: size, count: laneCount), seconds: 5)
        let share = Double(passed.reduce(0, +)) / Double(rate * 5)
        #expect((0.95...1.05).contains(share), "\(share)")
    }

    @Test("Lanes that ask for as much get as much")
    func fairness() {
        let passed = Self.run(rate: 10_000_000, chunkSizes: Array(repeating: 64 << 10, count: 8), seconds: 10)
        #expect((passed.max() ?? 0) - (passed.min() ?? 0) <= 64 << 10)
    }

    @Test("What was not used in an hour is not made up for: no burst follows but a tenth of a second's")
    func noBurst() {
        var rate = ByteRate(bytesPerSecond: 1_000_000)
        _ = rate.delay(of: 500_000, now: .zero)
        let later = Duration.seconds(3600)
        var passed = 0
        while rate.delay(of: 10_000, now: later) == .zero { passed += 10_000 }
        #expect(passed <= 110_000)
    }

    @Test("The first chunk waits as well: a run of one chunk is not above the rate")
    func firstChunk() {
        var rate = ByteRate(bytesPerSecond: 1000)
        let delays = [16_000, 1000].map { rate.delay(of: $0, now: .seconds(7)) }
        #expect(delays == [.seconds(16), .seconds(17)])
    }

    @Test("Short waits are added up, not forgotten")
    func shortWaits() {
        var rate = ByteRate(bytesPerSecond: 1_000_000)
        let delays = (0..<10).map { _ in rate.delay(of: 500, now: .zero) }
        #expect(delays.first == .zero && delays.last == .milliseconds(5))
    }

    @Test("A share of a low rate is not called slow; a high rate changes nothing; no pace stays none")
    func ownRate() {
        var options = GCSOptions()
        options.maximumRate = 32_000
        #expect(options.expectingOwnRate().minimumBytesPerSecond == 1000)
        options.maximumRate = 20_000_000
        #expect(options.expectingOwnRate().minimumBytesPerSecond == 16 << 10)
        options.minimumBytesPerSecond = 0
        #expect(options.expectingOwnRate().minimumBytesPerSecond == 0)
        options.maximumRate = -5
        #expect(options.maximumRate == 1)
    }

    @Test("A stream that is held back brings the same bytes, in the time that the rate asks for")
    func stream() async throws {
        let waits = Waits()
        let id = SeriesID(study: "1.2", series: "1.3")
        let archive = Archive(series: id, url: "u", objectName: "o", byteCount: 5000)
        let chunks = [[UInt8](repeating: 1, count: 3000), [UInt8](repeating: 2, count: 2000)]
        let plain = ByteStream(of: Portion(archive: archive, byteRange: nil, instances: [])) {
            var rest = chunks[...]
            return ByteStream.AsyncIterator { rest.popFirst().map { ByteChunk($0) } }
        }
        let limited = plain.limited(by: RateLimiter(bytesPerSecond: 1000, timing: waits.timing))
        #expect(try await bytes(of: limited) == chunks.flatMap(\.self))
        #expect(waits.all == [.seconds(3), .seconds(2)])
    }
}

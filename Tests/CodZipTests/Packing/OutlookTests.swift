import CodCore
import Testing

@testable import CodZip

@Suite("A look at bytes")
struct OutlookTests {
    @Test("takes noise for what it is", arguments: [2048, 2049, 4096, 20_000, 32_768, 100_000], 1...5)
    func noisy(byteCount: Int, seed: UInt64) {
        #expect(outlook(of: noise(byteCount, seed: seed)) == .random)
    }

    @Test("says nothing of less than 2 KiB", arguments: [0, 1, 4, 2047])
    func small(byteCount: Int) {
        #expect(outlook(of: noise(byteCount)) == .unclear)
        #expect(outlook(of: [UInt8](repeating: 7, count: byteCount)) == .unclear)
    }

    @Test("sees 16-bit samples, zeros and text")
    func shrinking() {
        var samples: [UInt8] = []
        for byte in noise(20_000) { samples += [byte, byte & 3] }
        #expect(outlook(of: samples) == .shrinks)
        #expect(outlook(of: [UInt8](repeating: 0, count: 5000)) == .shrinks)
        #expect(outlook(of: Array(String(repeating: "The same words again. ", count: 100).utf8)) == .shrinks)
    }

    @Test("does not take for noise what has all values, and has them again", arguments: [1, 2, 64, 256, 4096])
    func repeated(period: Int) {
        let bytes = (0..<64).flatMap { _ in noise(256) }
        #expect(outlook(of: bytes) != .random)
        #expect(outlook(of: (0..<40_000).map { UInt8(truncatingIfNeeded: $0 / period) }) != .random)
        let run = noise(period + 1024)
        #expect(outlook(of: (0..<16).flatMap { _ in run }) != .random)
    }

    @Test("looks at the middle, as the beginning of an instance is all names and numbers")
    func middle() {
        let small = [UInt8](repeating: 0, count: 2000)
        #expect(outlook(of: small + noise(16_000) + small) == .random)
        let ends = [UInt8](repeating: 0, count: 50_000)
        #expect(outlook(of: ends + noise(20_000) + ends) == .random)
        #expect(outlook(of: noise(50_000) + ends + noise(50_000, seed: 2)) == .shrinks)
    }

    @Test(
        "is borne out by zlib, however many values the bytes have", arguments: Array(stride(from: 40, through: 256, by: 4)),
        [false, true])
    func borneOut(valueCount: Int, isSkewed: Bool) throws {
        // Either so many values, or all of them and one more often.
        let bytes = zip(noise(16_384, seed: 3), noise(16_384, seed: 4)).map { one, other in
            isSkewed ? (other < 256 - valueCount ? 9 : one) : UInt8(Int(one) * valueCount / 256)
        }
        let packed = try #require(try ZlibCompressor(level: 9).packed(bytes))
        let gains = packed.count < bytes.count - bytes.count / 32
        switch outlook(of: bytes) {
        case .random: #expect(!gains)
        case .shrinks: #expect(gains)
        case .unclear: break
        }
    }

    private func outlook(of bytes: [UInt8]) -> Outlook { Outlook(of: bytes.span.bytes) }
}

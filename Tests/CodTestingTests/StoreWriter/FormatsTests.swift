import Foundation
import Testing

@testable import CodTesting

@Suite struct FormatsTests {
    /// Bytes that compress a little, with what zlib must not mistake for an end.
    private static let bytes: [UInt8] = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }

    @Test(arguments: [0, 1, 100, 65535, 65536, 65537, 200_000])
    func `gzip can be expanded again, and is the same each time`(count: Int) throws {
        let bytes = Array(Self.bytes.prefix(count))
        let compressed = try gzip(bytes)
        #expect(compressed.starts(with: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]))
        #expect(try gunzip(compressed) == bytes)
        #expect(try gzip(bytes) == compressed)
    }

    @Test func `The deflater takes its input in pieces of any size`() throws {
        for size in [1, 7, 70_000] {
            let bytes = Array(Self.bytes.prefix(size == 1 ? 2000 : 200_000))
            let deflater = try Deflater()
            var output: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                try deflater.write(Array(bytes[start..<min(start + size, bytes.count)]), to: &output)
            }
            try deflater.finish(to: &output)
            #expect(try gunzip(output) == bytes)
        }
    }

    @Test(arguments: [0, 1, 1000, 200_000]) func `zstd can be expanded again and says its length`(count: Int) throws {
        let bytes = Array(Self.bytes.prefix(count))
        #expect(try unzstd(zstd(bytes)) == bytes)
    }

    @Test func `base64 is what Foundation makes of the same bytes`() {
        for count in 0..<70 {
            let bytes = Array(Self.bytes.suffix(count))
            #expect(Base64.encoded(bytes) == Data(bytes).base64EncodedString())
        }
    }

    @Test func `JSON texts keep every character`() throws {
        let text = String(String.UnicodeScalarView((0..<0x180).compactMap(Unicode.Scalar.init))) + "\\\"/\u{2028}😀"
        let json = JSONText.object([(text, JSONText.array([JSONText.string(text), "1", "null"]))])
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [Any]]
        #expect(parsed?[text]?.first as? String == text)
        #expect(parsed?[text]?.count == 3)
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (-0.5, "-0.5"), (-27.5, "-27.5"), (0.7422, "0.7422"), (1.00004, "1"),
        (-0.00001, "0"), (189.63214, "189.6321"), (12.0006, "12.0006"),
    ])
    func `Decimal text is rounded to four places and has no trailing zeros`(value: Double, text: String) {
        #expect(DecimalText.text(value) == text)
    }
}

import CCodSystem
import CodCore
import Testing

@Suite("crc32c")
struct CRC32CTests {
    /// RFC 3720, appendix B.4, and the check value of the catalogue of crcs.
    static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        (Array(repeating: 0, count: 32), 0x8A91_36AA),
        (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
        (
            [
                0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
                0x28, 0,
                0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
            ], 0xD996_3A56
        ),
    ]

    @Test("The published values, by both ways of computing them", arguments: vectors)
    func published(bytes: [UInt8], checksum: UInt32) {
        #expect(fast(bytes) == checksum)
        #expect(portable(bytes) == checksum)
        var running = RunningCRC32C()
        running.update(ByteChunk(bytes))
        #expect(running.checksum == CRC32C(checksum))
    }

    @Test("The fast way is the portable one, at lengths around every block size, at every alignment")
    func fastIsPortable() {
        let bytes = Self.noise(80_000)
        let lengths =
            Array(0...40) + [255, 256, 257, 767, 768, 769, 1023, 1536, 4096, 24_575, 24_576, 24_577, 25_344, 49_152, 73_735]
        for length in lengths {
            for start in 0...16 {
                let part = bytes[start..<(start + length)]
                #expect(fast(part) == portable(part), "\(length) bytes from \(start)")
                #expect(fast(part, after: 0xDEAD_BEEF) == portable(part, after: 0xDEAD_BEEF), "\(length) bytes from \(start)")
            }
        }
    }

    @Test("A sum over parts is the sum over the whole, wherever it is cut")
    func parts() {
        let bytes = Self.noise(30_000)
        let whole = portable(bytes)
        for cut in stride(from: 0, through: bytes.count, by: 613) {
            #expect(fast(bytes[cut...], after: fast(bytes[..<cut])) == whole, "cut at \(cut)")
        }
        var running = RunningCRC32C()
        for start in stride(from: 0, to: bytes.count, by: 977) {
            running.update(ByteChunk(bytes[start..<min(start + 977, bytes.count)]))
        }
        #expect(running.checksum == CRC32C(whole))
    }

    @Test("It says how it is computed here")
    func implementation() {
        #expect(["sse4.2", "armv8-crc", "table"].contains(CRC32C.implementation))
    }

    @Test(
        "base64 as stores write it, both ways",
        arguments: [(UInt32(0xE306_9283), "4waSgw=="), (0, "AAAAAA=="), (.max, "/////w=="), (0xFBEF_BEFB, "+++++w==")])
    func base64(value: UInt32, text: String) {
        #expect(CRC32C(value).base64 == text)
        #expect(CRC32C(base64: text)?.value == value)
    }

    @Test("Every byte's place is kept by base64 and by hex")
    func roundTrips() {
        for value in Self.noise(4000).indices.map({ UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }) {
            #expect(CRC32C(base64: CRC32C(value).base64)?.value == value)
            #expect(CRC32C(hex: CRC32C(value).description)?.value == value)
        }
    }

    @Test(
        "What is no base64 of four bytes is nothing",
        arguments: [
            "", "4waSgw", "4waSgw=", "4waSgw===", "4waSgx==", "4wa gw==", "4waS_w==", "=4waSgw=", "4waSgwA=", "4waSgwAA",
            "éwaSg==",
            " 4waSgw==",
        ])
    func noBase64(text: String) {
        #expect(CRC32C(base64: text) == nil)
    }

    @Test(
        "What is no hex of four bytes is nothing",
        arguments: ["", "e306928", "e30692830", "+3069283", "-3069283", "0xe30692", "e306928g"])
    func noHex(text: String) {
        #expect(CRC32C(hex: text) == nil)
    }

    @Test("Hex has its leading zeros")
    func hex() {
        #expect("\(CRC32C(0xAB))" == "000000ab")
        #expect(CRC32C(hex: "E3069283") == CRC32C(0xE306_9283))
    }

    private func fast(_ bytes: some Collection<UInt8>, after start: UInt32 = 0) -> UInt32 {
        bytes.withContiguousStorageIfAvailable { cod_crc32c(start, $0.baseAddress, $0.count) } ?? 0
    }

    private func portable(_ bytes: some Collection<UInt8>, after start: UInt32 = 0) -> UInt32 {
        bytes.withContiguousStorageIfAvailable { cod_crc32c_portable(start, $0.baseAddress, $0.count) } ?? 0
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 11)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}

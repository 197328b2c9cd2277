import Testing

@testable import CodCLI

@Suite("Amounts of bytes as users type them")
struct ByteAmountTests {
    @Test(
        "Decimal units, binary ones, a fraction, a B behind",
        arguments: [
            ("1", 1), ("20M", 20_000_000), ("500k", 500_000), ("500K", 500_000), ("1.5Mi", 1_572_864), ("2GB", 2_000_000_000),
            ("2GiB", 2 << 30), ("0.5k", 500), ("3T", 3_000_000_000_000), ("7B", 7), ("1Ti", 1 << 40), ("1.9", 1),
        ] as [(String, Int64)])
    func amounts(text: String, byteCount: Int64) {
        #expect(ByteAmount(text)?.byteCount == byteCount)
    }

    @Test(
        "What is none",
        arguments: [
            "", "0", "-1", "-20M", "1e99", "20 MB/s", "20MB/s", "20Mb", "20Mbit", "M", ".", ".5M", "5.M", "1.2.3M", "+5M", " 5M",
            "5M ", "5,5M", "nan", "inf", "0x10", "99999999999999999999", "9999999T", "0.1", "٥M", "5m", "5P",
        ])
    func mistakes(text: String) {
        #expect(ByteAmount(text) == nil)
    }
}

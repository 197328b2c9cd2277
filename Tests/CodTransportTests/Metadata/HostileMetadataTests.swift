import CodCore
import Testing

@testable import CodTransport

@Suite("Metadata that is broken or hostile is refused, by name")
struct HostileMetadataTests {
    func refusal(_ text: String, limits: MetadataLimits = MetadataLimits()) -> CodError? {
        refusal(Array(text.utf8), limits: limits)
    }

    func refusal(_ bytes: [UInt8], limits: MetadataLimits = MetadataLimits()) -> CodError? {
        let error = #expect(throws: CodError.self) { try readMetadata([bytes], limits: limits) }
        #expect(error.map { $0.code == .damagedMetadata || $0.code == .invalidIdentifier } == true)
        #expect(error?.reach == .series)
        #expect(error?.recovery != nil)
        #expect(error.map { "\($0)".unicodeScalars.contains { $0.isControl } } == false)
        return error
    }

    @Test("An empty object, plain or packed")
    func empty() {
        #expect(refusal("")?.message.contains("empty (0 bytes)") == true)
        #expect(refusal(gzipped([]))?.message.contains("empty (0 bytes)") == true)
    }

    @Test("A text that is cut off at any length, plain or packed")
    func truncatedAtEveryLength() {
        let whole = Array(SeriesMetadataReaderTests.versionOne.utf8)
        for count in 0..<whole.count { _ = refusal(Array(whole.prefix(count))) }
        let packed = gzipped(whole)
        for count in 0..<packed.count { _ = refusal(Array(packed.prefix(count))) }
    }

    @Test(
        "A wrong type at each level that hides instances or takes a check away",
        arguments: [
            ("null", "begins with \"null\""), ("[]", "begins with \"[]\""), ("\"x\"", "begins with"), ("7", "begins with"),
            ("{}", "no \"cod\""), (#"{"cod":null}"#, "\"cod\" is no object"), (#"{"cod":[]}"#, "\"cod\" is no object"),
            (#"{"cod":"x"}"#, "\"cod\" is no object"), (#"{"cod":{}}"#, "no \"instances\""), (#"{"x":{"cod":{}}}"#, "no \"cod\""),
            (#"{"cod":{"instances":null}}"#, "\"cod.instances\" is no object"),
            (#"{"cod":{"instances":[]}}"#, "\"cod.instances\" is no object"),
            (#"{"cod":{"x":{"instances":{}}}}"#, "no \"instances\""),
            (#"{"cod":{"instances":{"1.2":[]}}}"#, "1.2 is no object"),
            (#"{"cod":{"instances":{"1.2":"x"}}}"#, "1.2 is no object"),
            (#"{"cod":{"instances":{"1.2":5}}}"#, "1.2 is no object"), (oneInstance(#""crc32c":5"#), "1.2 is no text"),
            (oneInstance(#""crc32c":true"#), "1.2 is no text"),
        ])
    func wrongTypes(text: String, reason: String) {
        #expect(refusal(text)?.message.contains(reason) == true)
    }

    @Test(
        "Sizes that are none",
        arguments: [
            "-1", "1.5", "1e3", "123.0", "9223372036854775808", "99999999999999999999999999999999999", "5497558138881", "NaN",
        ])
    func impossibleSizes(size: String) {
        let message = refusal(oneInstance(#""size":\#(size)"#))?.message
        #expect(message?.contains("1.2 a size of \(size.prefix(32))") == true)
    }

    @Test("Sizes that come to more than an object can hold")
    func impossibleSum() {
        let text = #"{"cod":{"instances":{"1":{"size":5000000000000},"2":{"size":5000000000000}}}}"#
        #expect(refusal(text)?.message.contains("come to more than") == true)
    }

    @Test("A checksum that is none", arguments: ["AAAA", "AAAAAAA=", "!!!!!!==", "4waSgx==", "4waSgw==4waSgw=="])
    func brokenChecksum(text: String) {
        #expect(refusal(oneInstance(#""crc32c":"\#(text)""#))?.message.contains(text) == true)
    }

    @Test(
        "Keys that cannot be identifiers",
        arguments: ["", "..", "a/b", "../../etc/passwd", "a b", "ä", "\\u0000", "\\u001b[31m", ".cod", "log.json", "a\\\\b"])
    func invalidKeys(key: String) {
        #expect(refusal(#"{"cod":{"instances":{"\#(key)":{}}}}"#)?.code == .invalidIdentifier)
    }

    @Test("A key that is too long, by its beginning")
    func longKey() {
        for count in [129, 256, 257, 100_000] {
            let error = refusal(#"{"cod":{"instances":{"\#(String(repeating: "7", count: count))":{}}}}"#)
            #expect(error?.code == .invalidIdentifier)
            #expect(error.map { $0.message.contains("7777") && $0.message.utf8.count < 300 } == true)
        }
    }

    @Test("A key that is no UTF-8")
    func invalidUTF8() {
        let bytes = Array(#"{"cod":{"instances":{"1."#.utf8) + [0xFF] + Array(#"":{}}}}"#.utf8)
        #expect(refusal(bytes)?.code == .invalidIdentifier)
    }

    @Test("An instance, cod or instances that come twice")
    func duplicateKeys() {
        #expect(refusal(#"{"cod":{"instances":{"1.2":{},"1.3":{},"1.2":{}}}}"#)?.message.contains("1.2 twice") == true)
        #expect(refusal(#"{"cod":{"instances":{}},"cod":{"instances":{}}}"#)?.message.contains("twice") == true)
        #expect(refusal(#"{"cod":{"instances":{},"instances":{}}}"#)?.message.contains("twice") == true)
    }

    @Test("More instances than are taken")
    func tooManyInstances() {
        var limits = MetadataLimits()
        limits.instanceCount = 2
        #expect(throws: Never.self) { try readMetadata(#"{"cod":{"instances":{"1":{},"2":{}}}}"#, limits: limits) }
        #expect(
            refusal(#"{"cod":{"instances":{"1":{},"2":{},"3":{}}}}"#, limits: limits)?.message.contains("more than 2") == true)
    }

    @Test("Addresses beyond what is kept are dropped, not their instances")
    func manyAddresses() throws {
        var limits = MetadataLimits()
        limits.uriByteCount = 20
        let text =
            #"{"cod":{"instances":{"1":{"uri":"gs://one/two"},"2":{"uri":"gs://one/two"},"3":{"uri":"\#(String(repeating: "x", count: 9999))"}}}}"#
        let instances = try readMetadata(text, limits: limits).instances
        #expect(instances.map(\.uri) == ["gs://one/two", nil, nil])
    }

    @Test("A hundred thousand open lists")
    func deepNesting() {
        #expect(refusal(#"{"x":"# + String(repeating: "[", count: 100_000))?.message.contains("deeper than 64") == true)
    }

    @Test("A gzip bomb of blanks, and one inside a string")
    func gzipBomb() {
        var limits = MetadataLimits()
        limits.byteCount = 1 << 20
        for start in [#"{"x":"#, #"{"x":""#] {
            let bomb = gzipped(Array(start.utf8) + [UInt8](repeating: 0x20, count: 4 << 20))
            #expect(bomb.count < 10_000)
            #expect(refusal(bomb, limits: limits)?.message.contains("longer than 1048576 bytes") == true)
        }
    }

    @Test("Numbers with a million digits where nobody wants them pass")
    func hugeNumbers() throws {
        let digits = String(repeating: "9", count: 1_000_000)
        #expect(
            try readMetadata(#"{"x":\#(digits),"cod":{"instances":{"1":{"y":-\#(digits).\#(digits)e\#(digits)}}}}"#).instances
                .count == 1)
    }

    @Test("NUL bytes, inside and behind")
    func nul() {
        _ = refusal("{\"cod\":\u{0}{\"instances\":{}}}")
        _ = refusal("{\"cod\":{\"instances\":{}}}\u{0}")
        _ = refusal([UInt8](repeating: 0, count: 5000))
    }

    @Test("A byte order mark in front is passed over")
    func byteOrderMark() throws {
        #expect(try readMetadata([[0xEF, 0xBB, 0xBF] + Array(oneInstance("").utf8)]).instances.count == 1)
    }

    @Test("A page sent in place of the object is shown by its beginning")
    func html() {
        let page = "<!DOCTYPE html>\n<html><body>\u{1B}Please log in" + String(repeating: " ", count: 5000)
        let message = refusal(page)?.message
        #expect(message?.contains("begins with \"<!DOCTYPE html>\\u{a}<html><body>") == true)
        #expect(message.map { $0.utf8.count < 250 } == true)
    }

    @Test("Anything behind the object")
    func trailingJunk() {
        for junk in ["x", "{}", "]", ","] { _ = refusal(oneInstance("") + junk) }
    }

    @Test("Random damage never crashes, and never yields an identifier that is none")
    func randomDamage() {
        var random = SeededRandom(seed: 11)
        let whole = Array(SeriesMetadataReaderTests.versionOne.utf8)
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let metadata = try? readMetadata([damaged]) else { continue }
            for instance in metadata.instances {
                #expect(UIDText.isValid(instance.uid))
                #expect((instance.byteCount ?? 0) >= 0 && (instance.dataOffset ?? 0) >= 0)
            }
        }
    }
}

import CodCore
import CodExtract
import CodTesting
import Testing

@Suite("Bytes that are no tar are told with their place, and never crash")
struct DamagedTarTests {
    @Test("overflowing sizes: more than the archive holds")
    func octalMaximum() throws {
        var tar = TarBuilder()
        tar.add("a", byteCount: 0o777_7777_7777)
        try expectDamage(tar.bytes, at: 512, saying: "8589934591 bytes too early")
        tar = TarBuilder()
        tar.add("a") { $0.put(Array("777777777777".utf8), at: 124) }
        try expectDamage(tar.bytes, at: 512, saying: "68719476735")
        tar = TarBuilder()
        tar.add("a") { $0.put(TarBuilder.base256(.max), at: 124) }
        try expectDamage(tar.bytes, at: 512, saying: "\(Int64.max)")
        tar = TarBuilder()
        tar.addPAX(["size": "\(Int64.max)"])
        tar.add("a", body: body(1000))
        try expectDamage(tar.bytes, at: 2560, saying: "\(Int64.max)")
    }

    @Test("overflowing sizes: 2^63 and more in base 256", arguments: [0, 3, 4])
    func base256Overflow(position: Int) throws {
        var tar = TarBuilder()
        tar.add("a", format: .gnu) { block in
            var field = TarBuilder.base256(0)
            field[position] |= position == 0 ? 0x01 : 0x80
            block.put(field, at: 124)
        }
        try expectDamage(tar.bytes, at: 0, saying: "larger than any file")
    }

    @Test("overflowing sizes: PAX", arguments: ["99999999999999999999", "9223372036854775808"])
    func paxOverflow(size: String) throws {
        var tar = TarBuilder()
        tar.addPAX(["size": size])
        tar.add("a", body: body(10))
        try expectDamage(tar.bytes, at: 512, saying: "larger than any file")
    }

    @Test("sizes that are no numbers: PAX", arguments: ["-1", "+1", "1.5", "0x10", " 1", "1 ", "١"])
    func paxNoNumber(size: String) throws {
        var tar = TarBuilder()
        tar.addPAX(["size": size])
        tar.add("a", body: body(10))
        try expectDamage(tar.bytes, at: 512, saying: "no decimal number")
    }

    @Test("negative base-256", arguments: [Int64(-1), -512, .min])
    func negativeBase256(size: Int64) throws {
        var tar = TarBuilder()
        tar.add("a", format: .gnu) { $0.put(TarBuilder.base256(size), at: 124) }
        try expectDamage(tar.bytes, at: 0, saying: "negative")
    }

    @Test("sizes that are no numbers: octal", arguments: ["00000000018", "-0000000001", "0x000000001", "abc"])
    func octalNoNumber(size: String) throws {
        var tar = TarBuilder()
        tar.add("a") { $0.put(Array(size.utf8), at: 124) }
        try expectDamage(tar.bytes, at: 0, saying: "no octal number")
    }

    @Test("header checksum bad: one bit of any byte")
    func badChecksum() throws {
        let good = TarBuilder.header("instances/a.dcm", byteCount: 10) + body(10)
        for position in 0..<512 where !(148..<156).contains(position) {
            var bytes = good
            bytes[position] ^= 1 << UInt8(position % 8)
            try expectDamage(bytes, at: 0, saying: "checksum")
        }
    }

    @Test("garbage between entries")
    func garbageBetween() async throws {
        var tar = TarBuilder()
        tar.addInstance("a", body: body(700))
        tar.add(body(512, seed: 77))
        tar.addInstance("b", body: body(700))
        let extraction = try await Extraction(tar.bytes, expecting: ["a", "b"].map { PlannedInstance(uid: $0) }, from: 4096)
        #expect(extraction.instances == ["a": body(700)])
        let error = try #require(extraction.error)
        #expect(error.code == .damagedArchive)
        #expect(error.reach == .series)
        // Counted from the start of the archive, not of the portion.
        #expect(error.byteOffset == 6656)
        #expect(error.message.contains("byte 6656 of gs://bucket/series.tar"))
        #expect(error.study == "study")
        #expect(error.recovery != nil)
    }

    @Test("HTML instead of tar: the message shows it", arguments: [40, 512, 3000])
    func html(byteCount: Int) throws {
        let page = Array("<!DOCTYPE html>\r\n<html><body>Sign in".utf8) + Array(repeating: UInt8(ascii: "x"), count: 3000)
        try expectDamage(
            Array(page.prefix(byteCount)), at: byteCount < 512 ? Int64(byteCount) : 0, saying: "<!DOCTYPE html>\\u{d}\\u{a}<html>"
        )
    }

    @Test("What is quoted of a block ends at the first NUL")
    func quotedUpToNUL() throws {
        try expectDamage(Array("name".utf8) + body(4).map { _ in 0 } + body(600), at: 0, saying: "It is: \"name\".")
        var tar = TarBuilder()
        tar.add("a") { $0.put([0] + Array("12x".utf8) + Array(repeating: 0, count: 8), at: 124) }
        try expectDamage(tar.bytes, at: 0, saying: "no octal number: \"12x\".")
    }

    @Test("gzip instead of tar")
    func gzip() throws {
        try expectDamage([0x1F, 0x8B, 8, 0] + body(1000), at: 0, saying: "no tar header")
    }

    @Test(
        "PAX record length lies",
        arguments: [
            "0 path=x\n", "5 path=x\n", "99 path=x\n", "9999999999999999999999 path=x\n", "-9 path=x\n", "path=x\n", "9path=x\n",
            "9 path=xy", "7 pathx\n", "2 \n", "1\n", " 9 path=x\n", "9 path=x\n5", "08 path=x\n",
        ])
    func paxRecordLength(records: String) throws {
        var tar = TarBuilder()
        tar.addPAX(body: Array(records.utf8))
        tar.add("a", body: body(1))
        try expectDamage(tar.bytes, at: 512, saying: "PAX header")
    }

    @Test("PAX records may be followed by NULs, and a record may be as short as can be")
    func paxPadding() throws {
        var tar = TarBuilder()
        tar.addPAX(body: Array("4 =\n9 path=x\n\0\0\0".utf8))
        tar.add("a", body: body(1))
        #expect(try decode(tar.bytes).map(\.entry.name) == ["x"])
    }

    @Test("huge PAX header", arguments: ["x", "g"])
    func hugePAX(type: Character) throws {
        var tar = TarBuilder()
        tar.add("p", type: type, byteCount: (1 << 20) + 1)
        try expectDamage(tar.bytes, at: 0, saying: "1048577 bytes; 1048576 are allowed")
        tar = TarBuilder()
        let comment = String(repeating: "c", count: (1 << 20) - 100)
        tar.addPAX(["comment": comment, "path": "named"], type: type)
        tar.add("a", body: body(1))
        #expect(try decode(tar.bytes, chunkByteCount: 65_536).map(\.entry.name) == ["named"])
    }

    @Test("huge GNU long name", arguments: ["L", "K"])
    func hugeLongName(type: Character) throws {
        var tar = TarBuilder()
        tar.add("p", type: type, byteCount: (64 << 10) + 1, format: .gnu)
        try expectDamage(tar.bytes, at: 0, saying: "65536 are allowed")
    }

    @Test("endless headers before an entry", arguments: ["g", "x", "L", "K"])
    func endlessHeaders(type: Character) throws {
        var tar = TarBuilder()
        for _ in 0..<65 { type == "L" || type == "K" ? tar.addLong("n", type: type) : tar.addPAX(["path": "n"], type: type) }
        tar.add("a", body: body(1))
        try expectDamage(tar.bytes, at: 64 * 1024, saying: "More than 64 headers")
    }

    @Test("recursion of x and L headers: the chain is read in a loop and bounded")
    func recursion() throws {
        var tar = TarBuilder()
        for _ in 0..<100 {
            tar.addPAX(["path": "p"])
            tar.addLong("l")
        }
        try expectDamage(tar.bytes, at: 64 * 1024, saying: "More than 64 headers")
    }

    @Test("a PAX header or long name that no entry follows", arguments: ["x", "L"])
    func orphan(type: Character) throws {
        var tar = TarBuilder()
        type == "x" ? tar.addPAX(["path": "n"]) : tar.addLong("n")
        try expectDamage(tar.bytes, at: 1024, saying: "followed by no entry")
        try expectDamage(Array(tar.bytes.prefix(1000)), at: 1000, saying: "followed by no entry")
        tar.addZeroBlocks()
        try expectDamage(tar.bytes, at: 1024, saying: "followed by no entry")
    }

    @Test("a global header that no entry follows is no damage")
    func lastGlobal() throws {
        var tar = TarBuilder()
        tar.addPAX(["comment": "n"], type: "g")
        #expect(try decode(tar.bytes).isEmpty)
        tar.addZeroBlocks()
        #expect(try decode(tar.bytes).isEmpty)
    }

    @Test("random damage never crashes, hangs or depends on the chunks")
    func randomDamage() throws {
        var random = SeededNumbers(state: 7)
        let good = TarEndTests.whole
        for _ in 0..<1000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                bytes[position] = UInt8.random(in: 0...255, using: &random)
                if Bool.random(using: &random) {
                    // With a checksum that fits, the damage reaches what lies behind that check.
                    var block = Array(bytes[(position / 512 * 512)..<(position / 512 * 512 + 512)])
                    TarBuilder.seal(&block)
                    bytes.put(block, at: position / 512 * 512)
                }
            }
            #expect(outcome(bytes, chunkByteCount: .max) == outcome(bytes, chunkByteCount: 97))
        }
    }

    /// What a decoder makes of bytes, in a form that can be compared.
    private func outcome(_ bytes: [UInt8], chunkByteCount: Int) -> Result<[Entry], Damage> {
        do throws(CodError) {
            return .success(try decode(bytes, chunkByteCount: chunkByteCount).map { Entry(entry: $0.entry, body: $0.body) })
        } catch {
            return .failure(Damage(message: error.message, byteOffset: error.byteOffset))
        }
    }

    private struct Entry: Equatable {
        let entry: ArchiveEntry
        let body: [UInt8]
    }

    private struct Damage: Error, Equatable {
        let message: String
        let byteOffset: Int64?
    }

    private func expectDamage(
        _ bytes: [UInt8], at offset: Int64, saying text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = #expect(throws: CodError.self, sourceLocation: sourceLocation) { try decode(bytes) }
        #expect(error?.code == .damagedArchive, sourceLocation: sourceLocation)
        #expect(error?.reach == .series, sourceLocation: sourceLocation)
        #expect(error?.byteOffset == offset, sourceLocation: sourceLocation)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "none")", sourceLocation: sourceLocation)
        #expect(error?.recovery != nil, sourceLocation: sourceLocation)
    }
}

/// A small generator for tests: its numbers depend on its seed alone.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

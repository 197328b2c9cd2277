import CodCore
import CodExtract
import CodTesting
import Testing

@Suite("The tar decoder reads every common format")
struct TarFormatTests {
    @Test("Python's tarfile in PAX format: a PAX header before every entry")
    func pythonsShape() throws {
        var tar = TarBuilder()
        tar.addInstance("1.2.3", body: body(700))
        tar.addInstance("1.2.4", body: body(512))
        tar.addZeroBlocks(20 - tar.bytes.count / 512 % 20)
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["instances/1.2.3.dcm", "instances/1.2.4.dcm"])
        #expect(found.map(\.body) == [body(700), body(512)])
        #expect(found.map(\.entry.offset) == [0, 2560])
        #expect(found.allSatisfy { $0.entry.kind == .file })
    }

    @Test("V7: no mark, files and folders told apart by the slash", arguments: [Character("\0"), "0"])
    func v7(type: Character) throws {
        var tar = TarBuilder()
        tar.add("folder/", type: "\0", format: .v7)
        tar.add("folder/a", type: type, body: body(3), format: .v7)
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.kind) == [.folder, .file])
        #expect(found[1].body == body(3))
    }

    @Test("ustar: the prefix stands before the name, also when both are full")
    func ustarPrefix() throws {
        let prefix = String(repeating: "p", count: 155)
        let name = String(repeating: "n", count: 100)
        var tar = TarBuilder()
        tar.add(name, body: body(1), prefix: prefix)
        tar.add("plain", body: body(1))
        #expect(try decode(tar.bytes).map(\.entry.name) == ["\(prefix)/\(name)", "plain"])
    }

    @Test("Old GNU: what stands in the prefix's place is no prefix")
    func oldGNU() throws {
        var tar = TarBuilder()
        tar.add("name", body: body(1), format: .gnu, prefix: "14000000000")
        #expect(try decode(tar.bytes).map(\.entry.name) == ["name"])
    }

    @Test("GNU long names and long links")
    func gnuLongNames() throws {
        let name = "instances/" + String(repeating: "x", count: 300) + ".dcm"
        var tar = TarBuilder()
        tar.addLong(String(repeating: "l", count: 600), type: "K")
        tar.addLong(name)
        tar.add(String(name.prefix(100)), body: body(9), format: .gnu)
        tar.add("next", body: body(2), format: .gnu)
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == [name, "next"])
        #expect(found.map(\.entry.offset) == [0, 3584])
    }

    @Test("GNU base-256 sizes")
    func base256() throws {
        var tar = TarBuilder()
        tar.add("a", body: body(1000), format: .gnu) { $0.put(TarBuilder.base256(1000), at: 124) }
        tar.add("b", body: body(1))
        #expect(try decode(tar.bytes).map(\.body) == [body(1000), body(1)])
    }

    @Test("PAX path and size override the header; unknown keys are passed over")
    func paxOverrides() throws {
        var tar = TarBuilder()
        tar.addPAX(["SCHILY.xattr.user.x": "a=b\nc", "path": "é/long", "size": "600", "linkpath": "elsewhere", "mtime": "1.5"])
        tar.add("short", body: body(600), byteCount: 0)
        tar.add("next", body: body(1))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["é/long", "next"])
        #expect(found.map(\.body) == [body(600), body(1)])
    }

    @Test("Global PAX headers hold for all that follow, until an entry's own overrides them or a value is taken back")
    func globalHeaders() throws {
        var tar = TarBuilder()
        tar.addPAX(["comment": "made by a test", "path": "global", "size": "3"], type: "g")
        tar.add("a", body: body(3), byteCount: 0)
        tar.addPAX(["path": "own", "size": "4"])
        tar.add("b", body: body(4), byteCount: 0)
        tar.addLong("long")
        tar.add("c", body: body(3), byteCount: 0)
        tar.addPAX(["path": "", "size": ""])
        tar.add("d", body: body(5))
        tar.addPAX(["path": "", "size": ""], type: "g")
        tar.add("e", body: body(6))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["global", "own", "long", "d", "e"])
        #expect(found.map(\.body.count) == [3, 4, 3, 5, 6])
    }

    @Test("The later of two PAX headers counts, and PAX before and behind GNU long names")
    func mixedPrefaces() throws {
        var tar = TarBuilder()
        tar.addPAX(["path": "first", "size": "2"])
        tar.addPAX(["path": "second"])
        tar.add("a", body: body(2), byteCount: 0)
        tar.addPAX(["path": "pax"])
        tar.addLong("gnu")
        tar.add("b", body: body(1))
        tar.addLong("gnu")
        tar.addPAX(["mtime": "1"])
        tar.add("c", body: body(1))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["second", "pax", "gnu"])
        #expect(found.map(\.entry.offset) == [0, 3072, 6144])
    }

    @Test("All formats in one file")
    func mixedFormats() throws {
        var tar = TarBuilder()
        tar.add("v7", type: "\0", body: body(10), format: .v7)
        tar.addInstance("1.2", body: body(20))
        tar.addLong("gnu")
        tar.add("g", body: body(30), format: .gnu)
        tar.add("ustar", type: "7", body: body(40), prefix: "p")
        tar.addZeroBlocks()
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["v7", "instances/1.2.dcm", "gnu", "p/ustar"])
        #expect(found.map(\.body.count) == [10, 20, 30, 40])
    }

    @Test("Names that are no UTF-8 are repaired")
    func badUTF8() throws {
        var tar = TarBuilder()
        tar.add("x", body: body(1)) { $0[1] = 0xFF }
        #expect(try decode(tar.bytes).map(\.entry.name) == ["x\u{FFFD}"])
    }

    @Test("Links, folders, devices and pipes have no body, whatever size they claim", arguments: ["1", "2", "3", "4", "5", "6"])
    func noBody(type: Character) throws {
        var tar = TarBuilder()
        tar.add("link", type: type, byteCount: 4000)
        tar.add("next", body: body(1))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.byteCount) == [0, 1])
        #expect(found[0].entry.kind == ["1": .link, "2": .link, "5": .folder][type] ?? .other(type.asciiValue ?? 0))
    }

    @Test("A hard link with a PAX header may have a body")
    func hardLinkWithBody() throws {
        var tar = TarBuilder()
        tar.addPAX(["linkpath": "elsewhere"])
        tar.add("link", type: "1", body: body(700))
        tar.add("next", body: body(1))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.kind) == [.link, .file])
        #expect(found.map(\.body.count) == [700, 1])
    }

    @Test("Sparse files are passed over whole, the old kind with blocks of map, the PAX kind by its keys")
    func sparse() throws {
        var tar = TarBuilder()
        tar.add(TarBuilder.header("old", type: "S", byteCount: 600, format: .gnu) { $0[482] = 1 })
        tar.add([UInt8](repeating: 7, count: 504) + [1] + [UInt8](repeating: 0, count: 7))
        tar.add([UInt8](repeating: 7, count: 504) + [UInt8](repeating: 0, count: 8))
        tar.addPadded(body(600))
        tar.addPAX(["GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "new"])
        tar.add("GNUSparseFile.1/new", body: body(512))
        tar.add("next", body: body(1))
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.kind) == [.other(UInt8(ascii: "S")), .other(UInt8(ascii: "S")), .file])
        #expect(found.map(\.body.count) == [600, 512, 1])
        // Header and two blocks of map, then the body.
        #expect(found[0].entry.dataOffset == 1536)
        try DecoderVerifier(randomRoundCount: 9).verify(tar.bytes) { TarDecoder() }
    }

    @Test("Numbers: blanks and NULs around the digits, blank fields, twelve digits")
    func numbers() throws {
        let fields: [(String, Int)] = [
            ("        17 \0", 15), ("\0 0000000017", 15), ("            ", 0), ("\0\0\0\0\0\0\0\0\0\0\0\0", 0),
            ("000000000017", 15), ("17\0rubbish..", 15), ("17          ", 15),
        ]
        for (field, byteCount) in fields {
            var tar = TarBuilder()
            tar.add("a", body: body(byteCount)) { $0.put(Array(field.utf8), at: 124) }
            tar.add("b", body: body(1))
            #expect(try decode(tar.bytes).map(\.body.count) == [byteCount, 1], "\(field)")
        }
    }

    @Test("Checksums of unsigned and of signed bytes")
    func signedChecksum() throws {
        var header = TarBuilder.header("\u{FF}\u{FE}", byteCount: 0)
        #expect(try decode(header).count == 1)
        TarBuilder.seal(&header, signed: true)
        #expect(try decode(header).count == 1)
    }
}

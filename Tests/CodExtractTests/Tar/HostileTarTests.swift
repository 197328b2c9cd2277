import CodCore
import CodExtract
import CodTesting
import Testing

/// Each drives extractor and matcher as a pipeline does. Whatever the entry, nothing of it is begun, and the good one beside it comes.
@Suite("Hostile entries are refused by name, and lose nothing but themselves")
struct HostileTarTests {
    @Test(
        "traversal",
        arguments: ["../evil.dcm", "instances/../../evil.dcm", "a/..", "..", "instances/..\\..\\evil.dcm", "..\u{0}/x.dcm"])
    func traversal(name: String) async throws {
        try await expectRefusal { $0.addNamed(name) }
    }

    @Test("absolute name", arguments: ["/etc/passwd", "/evil.dcm", "//host/evil.dcm", "C:\\evil.dcm", "C:evil.dcm"])
    func absoluteName(name: String) async throws {
        try await expectRefusal { $0.addNamed(name) }
    }

    @Test("symlink")
    func symlink() async throws {
        try await expectRefusal { tar in
            tar.add("instances/evil.dcm", type: "2") { $0.put(Array("/etc/passwd".utf8), at: 157) }
        }
    }

    @Test("symlink with the name of a listed instance")
    func symlinkOfListed() async throws {
        var tar = TarBuilder()
        tar.add("instances/good.dcm", type: "2") { $0.put(Array("/etc/passwd".utf8), at: 157) }
        let extraction = try await Extraction(tar.bytes, expecting: [PlannedInstance(uid: "good")])
        #expect(extraction.begun.isEmpty)
        #expect(extraction.codes == [.refusedEntry, .instanceMissing])
    }

    @Test("hardlink")
    func hardlink() async throws {
        try await expectRefusal { tar in
            tar.add("instances/evil.dcm", type: "1", byteCount: 100) { $0.put(Array("../x".utf8), at: 157) }
        }
    }

    @Test("device", arguments: ["3", "4"])
    func device(type: Character) async throws {
        try await expectRefusal { $0.add("instances/evil.dcm", type: type) }
    }

    @Test("FIFO")
    func fifo() async throws {
        try await expectRefusal { $0.add("instances/evil.dcm", type: "6") }
    }

    @Test("unknown type", arguments: ["Z", "V", "M", "D", "\u{7F}"])
    func unknownType(type: Character) async throws {
        try await expectRefusal { $0.add("instances/evil.dcm", type: type, body: body(600)) }
    }

    @Test("sparse")
    func sparse() async throws {
        try await expectRefusal { $0.add("instances/evil.dcm", type: "S", body: body(600), format: .gnu) }
        try await expectRefusal { tar in
            tar.addPAX(["GNU.sparse.map": "0,1000000000000"])
            tar.add("instances/evil.dcm", body: body(600))
        }
    }

    @Test("folder: passed over in silence, wherever its name leads", arguments: ["instances/", "../", "/"])
    func folder(name: String) async throws {
        let extraction = try await extract { tar in tar.add(name, type: "5") }
        #expect(extraction.failures.isEmpty)
        #expect(extraction.instances == ["good": body(700)])
    }

    @Test("duplicate same bytes: nothing is lost by it")
    func duplicateSameBytes() async throws {
        let extraction = try await extract { $0.addInstance("good", body: body(700)) }
        #expect(extraction.failures.isEmpty)
        #expect(extraction.begun == ["good"])
    }

    @Test("duplicate other bytes: the checked one stays, the other is told")
    func duplicateOtherBytes() async throws {
        var tar = TarBuilder()
        tar.addInstance("good", body: body(700))
        tar.addInstance("good", body: body(700, seed: 9))
        let extraction = try await Extraction(tar.bytes, expecting: [.good], verifying: true)
        #expect(extraction.begun == ["good"])
        #expect(extraction.instances == ["good": body(700)])
        #expect(extraction.codes == [.duplicateEntry])
    }

    @Test("overlong name: a component of 300 bytes")
    func overlongComponent() async throws {
        try await expectRefusal { tar in
            tar.addPAX(["path": "instances/" + String(repeating: "e", count: 300) + ".dcm"])
            tar.add("evil", body: body(5))
        }
    }

    @Test("overlong name: a path of 100 KB")
    func overlongPath() async throws {
        try await expectRefusal { tar in
            tar.addPAX(["path": String(repeating: "e", count: 100_000) + ".dcm"])
            tar.add("evil", body: body(5))
        }
        let extraction = try await extract { tar in
            tar.addLong(String(repeating: "e", count: 100_000) + ".dcm")
            tar.add("evil", body: body(5))
        }
        #expect(extraction.error?.code == .damagedArchive)
        #expect(extraction.error?.message.contains("100005 bytes") == true)
    }

    @Test("NUL in PAX path")
    func nulInPath() async throws {
        try await expectRefusal { tar in
            tar.addPAX(["path": "instances/evil\0.dcm"])
            tar.add("evil", body: body(5))
        }
    }

    @Test("control characters", arguments: ["\n", "\r", "\u{1B}[2J", "\u{7F}", "\t"])
    func controlCharacters(character: String) async throws {
        let extraction = try await expectRefusal { $0.addNamed("instances/evil\(character).dcm") }
        // The message itself must not carry them to a terminal.
        #expect(extraction.failures.allSatisfy { failure in failure.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }

    @Test("an entry that nobody asked for is not begun when only some are wanted")
    func unlistedEntry() async throws {
        var tar = TarBuilder()
        tar.addInstance("other", body: body(9))
        tar.addInstance("good", body: body(700))
        let extraction = try await Extraction(tar.bytes, expecting: [.good], keepsUnlisted: false)
        #expect(extraction.begun == ["good"])
        #expect(extraction.failures.isEmpty)
    }

    @Test("another size than the metadata's")
    func otherSize() async throws {
        var tar = TarBuilder()
        tar.addInstance("good", body: body(699))
        let extraction = try await Extraction(tar.bytes, expecting: [.good])
        #expect(extraction.begun.isEmpty)
        #expect(extraction.codes == [.sizeMismatch])
    }

    /// A tar of what `add` adds, and a good instance behind it.
    private func extract(_ add: (inout TarBuilder) -> Void) async throws -> Extraction {
        var tar = TarBuilder()
        tar.addInstance("good", body: body(700))
        add(&tar)
        tar.addZeroBlocks()
        return try await Extraction(tar.bytes, expecting: [.good], verifying: true)
    }

    @discardableResult
    private func expectRefusal(
        sourceLocation: SourceLocation = #_sourceLocation, _ add: (inout TarBuilder) -> Void
    ) async throws -> Extraction {
        var tar = TarBuilder()
        add(&tar)
        tar.addInstance("good", body: body(700))
        tar.addZeroBlocks()
        let extraction = try await Extraction(tar.bytes, expecting: [.good], verifying: true)
        #expect(extraction.begun == ["good"], sourceLocation: sourceLocation)
        #expect(extraction.instances == ["good": body(700)], sourceLocation: sourceLocation)
        #expect(extraction.codes == [.refusedEntry], sourceLocation: sourceLocation)
        #expect(extraction.failures.first?.series == "series", sourceLocation: sourceLocation)
        #expect(extraction.failures.first?.reach == .instance, sourceLocation: sourceLocation)
        #expect(extraction.error == nil, sourceLocation: sourceLocation)
        return extraction
    }
}

extension PlannedInstance {
    /// An instance of 700 bytes, as metadata describes it.
    fileprivate static let good = PlannedInstance(uid: "good", byteCount: 700, checksum: crc32c(of: body(700)))
}

func crc32c(of bytes: [UInt8]) -> CRC32C {
    var running = RunningCRC32C()
    running.update(ByteChunk(bytes))
    return running.checksum
}

extension TarBuilder {
    /// Adds a small file of any name, by way of PAX where the header's field would cut it.
    fileprivate mutating func addNamed(_ name: String) {
        addPAX(["path": name])
        add("short", body: body(20))
    }
}

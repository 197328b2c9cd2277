import CodCore
import CodExtract
import Testing

@Suite("The checksum verifier lets no instance end whose bytes are not the metadata's")
struct ChecksumVerifierTests {
    @Test("Instances that fit end with their checksum, whatever the chunks", arguments: [1, 7, 512, 100_000])
    func matching(chunkByteCount: Int) async throws {
        var tar = TarBuilder()
        tar.addInstance("a", body: body(700))
        tar.addInstance("empty", body: [])
        let planned = [
            PlannedInstance(uid: "a", checksum: crc32c(of: body(700))), PlannedInstance(uid: "empty", checksum: CRC32C(0)),
        ]
        let extraction = try await Extraction(tar.bytes, expecting: planned, chunkByteCount: chunkByteCount, verifying: true)
        #expect(extraction.instances == ["a": body(700), "empty": []])
        #expect(extraction.failures.isEmpty)
    }

    @Test("One bit makes a failure that names both values and what to do, and the next instance comes")
    func mismatch() async throws {
        var damaged = body(700)
        damaged[333] ^= 0x10
        var tar = TarBuilder()
        tar.addInstance("a", body: damaged)
        tar.addInstance("b", body: body(10))
        let planned = ["a", "b"].map { PlannedInstance(uid: $0, checksum: crc32c(of: body($0 == "a" ? 700 : 10))) }
        let extraction = try await Extraction(tar.bytes, expecting: planned, verifying: true)
        #expect(extraction.instances == ["b": body(10)])
        let error = try #require(extraction.failures.first)
        #expect(extraction.failures.count == 1)
        #expect(error.code == .checksumMismatch)
        #expect(error.reach == .instance)
        #expect(error.instance == "a")
        #expect(error.message.contains("\(crc32c(of: damaged))"))
        #expect(error.message.contains("\(crc32c(of: body(700)))"))
        #expect(error.recovery != nil)
    }

    @Test("An instance without a checksum ends with the one that was computed")
    func withoutExpectation() async throws {
        let instance = Instance(series: Portion.test().series, uid: "a", byteCount: 9)
        let checksums = try await self.checksums(of: [
            .begin(instance), .bytes(ByteChunk("1234".utf8)), .bytes(ByteChunk("56789".utf8)), .end(checksum: nil),
        ])
        #expect(checksums == [CRC32C(0xE306_9283)])
    }

    @Test("The failure of an instance goes on as it is, and the next one's checksum begins anew")
    func failureAbove() async throws {
        let instance = Instance(series: Portion.test().series, uid: "a", byteCount: 9, checksum: CRC32C(0xE306_9283))
        let checksums = try await self.checksums(of: [
            .begin(instance), .bytes(ByteChunk("rubbish".utf8)), .failed(CodError(.refused, "No.")),
            .failed(CodError(.refusedEntry, "No.")),
            .begin(instance), .bytes(ByteChunk("123456789".utf8)), .end(checksum: nil),
        ])
        #expect(checksums == [CRC32C(0xE306_9283)])
    }

    /// The checksums of the ends that come out of the verifier; it is made sure that as many failures come as went in.
    private func checksums(of events: [InstanceEvent]) async throws -> [CRC32C?] {
        let stream = InstanceStream(of: .test()) {
            var rest = events[...]
            return InstanceStream.AsyncIterator { rest.popFirst() }
        }
        var checksums: [CRC32C?] = []
        var failureCount = 0
        for try await event in try await ChecksumVerifier().run(stream, in: StageContext()) {
            if case .end(let checksum) = event { checksums.append(checksum) }
            if case .failed = event { failureCount += 1 }
        }
        #expect(failureCount == events.count { if case .failed = $0 { true } else { false } })
        return checksums
    }
}

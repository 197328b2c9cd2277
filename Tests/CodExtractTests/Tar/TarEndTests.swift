import CodCore
import CodExtract
import CodTesting
import Testing

@Suite("Where a tar ends")
struct TarEndTests {
    static let whole: [UInt8] = {
        var tar = TarBuilder()
        tar.addPAX(["path": "instances/a.dcm"])
        tar.add("x", body: body(600))
        tar.addLong("instances/b.dcm")
        tar.add("y", body: body(10))
        tar.addZeroBlocks()
        return tar.bytes
    }()
    /// Where the body of the first entry ends, where its padding does, where the same of the last.
    static let ends = [1536 + 600, 2560, 4096 + 10, 4608]

    @Test("What is no header behind two blocks of zeros is ignored")
    func behindTheEnd() throws {
        #expect(try decode(Self.whole + body(10_000)).count == 2)
        #expect(try decode(Self.whole + body(100), chunkByteCount: 7).count == 2)
    }

    @Test("Entries behind any number of blocks of zeros count", arguments: [1, 2, 3, 20, 41])
    func behindGaps(zeroBlockCount: Int) throws {
        var tar = TarBuilder()
        tar.add("a", body: body(1))
        tar.addZeroBlocks(zeroBlockCount)
        tar.add("b", body: body(700))
        tar.addZeroBlocks(2)
        for chunkByteCount in [1, 100, 512, 100_000] {
            let found = try decode(tar.bytes, chunkByteCount: chunkByteCount)
            #expect(found.map(\.entry.name) == ["a", "b"])
            #expect(found.last?.entry.offset == 1024 + Int64(zeroBlockCount) * 512)
        }
    }

    @Test("A block of zeros by itself is passed over")
    func loneZeroBlock() throws {
        var tar = TarBuilder()
        tar.add("a", body: body(1))
        tar.addZeroBlocks(1)
        tar.add("b", body: body(1))
        tar.addZeroBlocks(1)
        let found = try decode(tar.bytes)
        #expect(found.map(\.entry.name) == ["a", "b"])
        #expect(found.map(\.entry.offset) == [0, 1536])
    }

    @Test("Nothing, and nothing but zeros, are empty archives", arguments: [0, 1, 511, 512, 513, 1024, 10_240])
    func emptyArchives(byteCount: Int) throws {
        #expect(try decode(Array(repeating: 0, count: byteCount)).isEmpty)
    }

    @Test("Truncation at every byte: the end mark and the last padding may be missing, anything else is told")
    func truncation() throws {
        for byteCount in 0...Self.whole.count {
            let bytes = Array(Self.whole.prefix(byteCount))
            let mayEndHere = byteCount == 0 || (Self.ends[0]...Self.ends[1]).contains(byteCount) || byteCount >= Self.ends[2]
            do {
                let found = try decode(bytes)
                #expect(mayEndHere, "cut at \(byteCount)")
                #expect(found.count == (byteCount == 0 ? 0 : byteCount < Self.ends[2] ? 1 : 2), "cut at \(byteCount)")
            } catch {
                #expect(!mayEndHere, "cut at \(byteCount): \(error)")
                #expect(error.code == .damagedArchive)
                #expect(error.reach == .series)
                #expect(error.byteOffset == Int64(byteCount))
            }
        }
    }

    @Test("Truncation at every byte never completes an instance that did not come whole")
    func truncatedInstances() async throws {
        let planned = ["a", "b"].map { PlannedInstance(uid: $0) }
        for byteCount in stride(from: 1, to: Self.whole.count, by: 7) {
            let extraction = try await Extraction(Array(Self.whole.prefix(byteCount)), expecting: planned)
            #expect(extraction.instances["a"] == (byteCount < Self.ends[0] ? nil : body(600)), "cut at \(byteCount)")
            #expect(extraction.instances["b"] == (byteCount < Self.ends[2] ? nil : body(10)), "cut at \(byteCount)")
            // Every instance is accounted for: it came, it is missing by name, or the archive broke off.
            let accounted = extraction.instances.count + extraction.codes.count { $0 == .instanceMissing }
            #expect(extraction.error != nil || accounted == 2, "cut at \(byteCount)")
        }
    }

    @Test(
        "Events do not depend on where chunks are cut: a whole archive, and truncated ones",
        arguments: [5632, 4610, 4100, 1000, 200])
    func chunking(byteCount: Int) throws {
        try DecoderVerifier().verify(Array(Self.whole.prefix(byteCount))) { TarDecoder() }
    }

    @Test("Empty chunks do no harm, and bytes that follow an error are ignored")
    func oddPushes() throws {
        var decoder = TarDecoder()
        decoder.push(ByteChunk([]))
        #expect(try decoder.next() == nil)
        decoder.push(ByteChunk(body(512)))
        #expect(throws: CodError.self) { try decoder.next() }
        decoder.push(ByteChunk(Self.whole))
        #expect(throws: CodError.self) { try decoder.next() }
        #expect(throws: CodError.self) { try decoder.finish() }
    }

    @Test("Bodies are handed on in the memory that was pushed")
    func noCopies() throws {
        var decoder = TarDecoder()
        let chunk = ByteChunk(TarBuilder.header("a", byteCount: 5000) + body(5000))
        let memory = chunk.withBytes { bytes in bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
        decoder.push(chunk)
        _ = try decoder.next()
        guard case .bytes(let part) = try decoder.next() else {
            Issue.record("no bytes")
            return
        }
        #expect(part.count == 5000)
        #expect(part.withBytes { bytes in bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } } == memory + 512)
    }
}

import CodCore
import Testing

@testable import CodZip

@Suite("What is deflated and what is stored")
struct EntryPackerTests {
    /// A DICOM file of that transfer syntax with these pixels.
    private func file(_ uid: String, _ pixels: [UInt8]) -> [UInt8] {
        let uid = Array(uid.utf8) + (uid.utf8.count % 2 == 0 ? [] : [0])
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [2, 0, 0x10, 0] + Array("UI".utf8) + [
            UInt8(uid.count), 0,
        ] + uid
            + pixels
    }

    private func pack(_ bytes: [UInt8], level: Int = 1) throws -> EntryPacker.Packed {
        var options = ZipOptions()
        options.level = level
        var packer = EntryPacker(options)
        return try packer.pack(ByteChunk(bytes), named: "4.5/instances/1.dcm", modified: .earliest)
    }

    /// Packs, unpacks, and compares; answers the method.
    private func method(_ bytes: [UInt8], level: Int = 1) throws -> ZipEntry.Method {
        let packed = try pack(bytes, level: level)
        var data: [UInt8] = []
        packed.withBytes { span in span.withUnsafeBytes { data += $0 } }
        #expect(packed.entry.packedByteCount == Int64(data.count) && packed.entry.byteCount == Int64(bytes.count))
        #expect(packed.entry.crc32 == CRC32(of: bytes))
        if packed.entry.method == .stored {
            #expect(data == bytes)
        } else {
            #expect(data.count < bytes.count)
            var unpacked: [UInt8] = []
            let inflater = try EntryInflater()
            inflater.begin()
            let outcome = try inflater.inflate(data.span.bytes) { span in span.withUnsafeBytes { unpacked += $0 } }
            #expect(outcome == .ended(restByteCount: 0) && unpacked == bytes)
        }
        return packed.entry.method
    }

    private static let plain = "1.2.840.10008.1.2.1"

    @Test("What shrinks is deflated, of every size", arguments: [100, 5000, 32 << 10, (32 << 10) + 1, 131_072, 131_073, 1 << 20])
    func shrinks(byteCount: Int) throws {
        #expect(try method(ramp(byteCount)) == .deflated)
        #expect(try method(file(Self.plain, ramp(byteCount)), level: 9) == .deflated)
    }

    @Test("What does not is stored, of every size", arguments: [0, 1, 2, 20, 5000, 32 << 10, (32 << 10) + 1, 131_073, 1 << 20])
    func noGain(byteCount: Int) throws {
        #expect(try method(noise(byteCount)) == .stored)
    }

    @Test("At level 0 all is")
    func level0() throws {
        #expect(try method(ramp(5000), level: 0) == .stored && method([], level: 0) == .stored)
    }

    @Test(
        "What says that its pixels are compressed is, without a trial",
        arguments: ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.99"])
    func compressed(uid: String) throws {
        #expect(try method(file(uid, ramp(100_000))) == .stored && method(file(uid, ramp(100))) == .stored)
    }

    @Test("Noise with a beginning that shrinks is stored; pixels that shrink behind noise are deflated")
    func middle() throws {
        #expect(try method(ramp(30_000) + noise(500_000)) == .stored)
        #expect(try method(noise(30_000) + ramp(500_000)) == .deflated)
    }

    @Test("What a trial took for worth it, and came out larger, is stored")
    func misled() throws {
        // Between noise and noise a middle that shrinks a little.
        var bytes = noise(900_000)
        for position in 430_000..<470_000 { bytes[position] = UInt8(Int(bytes[position]) * 196 / 256) }
        let packed = try pack(bytes)
        #expect(packed.entry.packedByteCount <= packed.entry.byteCount)
        _ = try method(bytes)
    }
}

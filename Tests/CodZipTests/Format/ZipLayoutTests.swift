import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodZip

@Suite("Where everything lies in a zip, as others see it")
struct ZipLayoutTests {
    private let time = ZipTime(secondsSince1970: 1_769_862_896)

    private func entry(_ name: String, _ packedByteCount: Int64, _ byteCount: Int64? = nil) -> ZipEntry {
        ZipEntry(
            name: name, method: byteCount == nil ? .stored : .deflated, byteCount: byteCount ?? packedByteCount,
            packedByteCount: packedByteCount, crc32: CRC32(0x1234_5678), checksum: CRC32C(1), modified: time)
    }

    @Test("One behind the other, each behind its record, without a byte between")
    func places() {
        var layout = ZipLayout()
        #expect(layout.byteCount == 0)
        let first = layout.add(entry("a", 100))
        #expect(first.offset == 0 && first.dataOffset == 30 + 1 + 9 && layout.byteCount == 140)
        let empty = layout.add(entry("bc", 0))
        #expect(empty.offset == 140 && empty.dataOffset == 181 && layout.byteCount == 181)
        let large = layout.add(entry("d", 1 << 33, 1 << 34))
        #expect(large.dataOffset == 181 + 30 + 1 + 20 + 9 && layout.byteCount == large.dataOffset + 1 << 33)
        #expect(layout.places == [first, empty, large])
    }

    @Test("The directory comes in pieces of about 64 KiB that are one directory", arguments: [0, 1, 900, 5000])
    func pieces(count: Int) throws {
        var layout = ZipLayout()
        for number in 0..<count { _ = layout.add(entry("4.5/instances/\(number).dcm", 7)) }
        var pieces: [[UInt8]] = []
        layout.forEachDirectoryPiece { pieces.append($0) }
        #expect(pieces.allSatisfy { $0.count <= 65 << 10 } && pieces.dropLast().allSatisfy { $0.count >= 64 << 10 })
        let tail = pieces.flatMap(\.self)
        let start = layout.byteCount
        let directory = try ZipDirectory(ofZipWith: start + Int64(tail.count)) { offset, byteCount in
            // In front of the directory nothing is looked at.
            let zeros = [UInt8](repeating: 0, count: Int(max(min(start - offset, Int64(byteCount)), 0)))
            let rest = tail[Int(max(offset - start, 0))...].prefix(byteCount - zeros.count)
            return ByteChunk(zeros + rest)
        }
        #expect(directory.places.map(\.offset) == layout.places.map(\.offset) && directory.offset == start)
        #expect(directory.places.map(\.entry.name) == layout.places.map(\.entry.name) && directory.strayByteCount == 0)
        #expect(directory.places.allSatisfy { $0.entry.checksum == CRC32C(1) && $0.entry.crc32 == CRC32(0x1234_5678) })
    }

    @Test("Python sees of every entry the name, sizes, time, permissions, versions, place and crc32 that it was given")
    func python() throws {
        let folder = try TemporaryFolder()
        let zip = try HandmadeZip([.init("4.5/instances/1.dcm", ramp(5000), at: time), .init("\u{F6}.dcm", noise(100), at: time)])
        try folder.write(zip.bytes, to: "x.zip")
        let text = """
            import sys, zipfile
            for i in zipfile.ZipFile(sys.argv[1]).infolist():
                print(i.filename.encode().hex(), i.file_size, i.compress_size, i.compress_type, *i.date_time, oct(i.external_attr >> 16),
                    i.create_system, i.create_version, i.extract_version, i.flag_bits, i.header_offset, '%08x' % i.CRC, i.extra.hex())
            """
        let seen = try ZipReader.run(["python3", "-c", text, folder["x.zip"]], isOutputWanted: true)
        try #require(seen.status == 0)
        let lines = seen.text.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, place) in zip2(lines, zip.layout.places) {
            let entry = place.entry
            let name = entry.name.utf8.map { hex($0) }.joined()
            let checksum = try #require(entry.checksum).value
            let own = (0..<4).map { hex(UInt8(truncatingIfNeeded: checksum >> ($0 * 8))) }.joined()
            #expect(
                line
                    == """
                    \(name) \(entry.byteCount) \(entry.packedByteCount) \(entry.method.rawValue) 2026 1 31 12 34 56 0o100644 3 45 \
                    \(entry.method == .deflated ? 20 : 10) \(entry.isNameUnicode ? 2048 : 0) \(place.offset) \
                    \(CRC32C(entry.crc32.value)) 5554050001f0f67d69436f0400\(own)
                    """)
        }
    }

    @Test("zipinfo finds nothing odd", .enabled(if: (try? ZipReader.run(["sh", "-c", "command -v zipinfo"]))?.status == 0))
    func zipinfo() throws {
        let folder = try TemporaryFolder()
        let zip = try HandmadeZip([.init("4.5/instances/1.dcm", ramp(5000), at: time)])
        try folder.write(zip.bytes, to: "x.zip")
        let seen = try ZipReader.run(["zipinfo", "-v", folder["x.zip"]], isOutputWanted: true)
        let entry = zip.layout.places[0].entry
        #expect(seen.status == 0)
        let lines = seen.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "offset of local header from start of archive: 0", "file system or operating system of origin: Unix",
            "version of encoding software: 4.5", "minimum software version required to extract: 2.0",
            "compression method: deflated", "file security status: not encrypted", "extended local header: no",
            "file last modified on (DOS date/time): 2026 Jan 31 12:34:56",
            "file last modified on (UT extra field modtime): 2026 Jan 31 12:34:56 UTC",
            "32-bit CRC value (hex): \(CRC32C(entry.crc32.value))", "compressed size: \(entry.packedByteCount) bytes",
            "uncompressed size: 5000 bytes", "length of filename: 19 characters", "length of extra field: 17 bytes",
            "length of file comment: 0 characters", "Unix file attributes (100644 octal): -rw-r--r--",
        ] {
            #expect(lines.contains { $0.hasPrefix(line) }, "\(line)\n\(seen.text)")
        }
        #expect(!seen.text.lowercased().contains("warning") && !seen.text.lowercased().contains("error"))
    }

    private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private func zip2<One, Other>(_ one: [One], _ other: [Other]) -> [(One, Other)] { Array(zip(one, other)) }
}

import CodCore
import Testing

@testable import CodZip

@Suite("The records of a zip, byte for byte")
struct ZipRecordTests {
    /// 2026-01-31 12:34:56 UTC: the words (46 << 9 | 1 << 5 | 31) and (12 << 11 | 34 << 5 | 28), and 1,769,862,896 seconds.
    private static let time = ZipTime(secondsSince1970: 1_769_862_896)

    private func entry(_ change: (inout ZipEntry) -> Void = { _ in }) -> ZipEntry {
        var entry = ZipEntry(
            name: "4.5/i.dcm", method: .deflated, byteCount: 0x0001_0203, packedByteCount: 0x0405, crc32: CRC32(0x0607_0809),
            checksum: CRC32C(0x0A0B_0C0D), modified: Self.time)
        change(&entry)
        return entry
    }

    private static let name = Array("4.5/i.dcm".utf8)
    private static let timeField: [UInt8] = [0x55, 0x54, 5, 0, 1, 0xF0, 0xF6, 0x7D, 0x69]
    private static let timeWords: [UInt8] = [0x5C, 0x64, 0x3F, 0x5C]

    @Test("in front of an entry")
    func local() {
        let expected: [UInt8] =
            [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0] + Self.timeWords + [9, 8, 7, 6, 5, 4, 0, 0, 3, 2, 1, 0, 9, 0, 9, 0] + Self.name
            + Self.timeField
        #expect(ZipRecord.local(entry()) == expected)
    }

    @Test("in front of an entry that is stored, of the earliest time: version 1.0, and no field")
    func localStored() {
        let stored = entry {
            $0.method = .stored
            $0.modified = .earliest
            $0.packedByteCount = $0.byteCount
        }
        #expect(
            ZipRecord.local(stored)
                == [0x50, 0x4B, 3, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 9, 8, 7, 6, 3, 2, 1, 0, 3, 2, 1, 0, 9, 0, 0, 0]
                + Self.name)
    }

    @Test("in front of an entry with a name outside of ASCII: the flag for UTF-8")
    func localUnicode() {
        let record = ZipRecord.local(entry { $0.name = "\u{F6}" })
        #expect(Array(record[6..<8]) == [0, 8] && Array(record[26..<32]) == [2, 0, 9, 0, 0xC3, 0xB6])
    }

    @Test("in front of an entry of 4 GiB or more, packed or unpacked: both sizes in a field of zip64")
    func localZip64() {
        for (byteCount, packed) in [(1 << 32, 5), (5, 1 << 32), (0xFFFF_FFFF, 1), (1, 0xFFFF_FFFF), (1 << 40, 1 << 33)]
            as [(Int64, Int64)]
        {
            let record = ZipRecord.local(
                entry {
                    $0.byteCount = byteCount
                    $0.packedByteCount = packed
                })
            #expect(Array(record[4..<6]) == [45, 0] && Array(record[18..<26]) == [UInt8](repeating: 0xFF, count: 8))
            #expect(Array(record[39..<59]) == [1, 0, 16, 0] + bytes(byteCount) + bytes(packed))
            #expect(record.count == 59 + 9 && Array(record[28..<30]) == [29, 0])
        }
        #expect(ZipRecord.local(entry { $0.byteCount = 0xFFFF_FFFE }).count == 39 + 9)
    }

    @Test("in the directory")
    func directory() {
        let expected: [UInt8] =
            [0x50, 0x4B, 1, 2, 45, 3, 20, 0, 0, 0, 8, 0] + Self.timeWords + [9, 8, 7, 6, 5, 4, 0, 0, 3, 2, 1, 0, 9, 0, 17, 0]
            + [0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81, 0x0F, 0x0E, 0, 0] + Self.name + Self.timeField
            + [0x43, 0x6F, 4, 0, 0x0D, 0x0C, 0x0B, 0x0A]
        #expect(ZipRecord.directory(entry(), at: 0x0E0F) == expected)
    }

    @Test("in the directory: zip64 has what does not fit, in the order of unpacked, packed, place, and nothing else")
    func directoryZip64() {
        let large: Int64 = 0x1_2345_6789
        for mask in 0..<8 {
            let sizes = (0..<3).map { mask & 1 << $0 == 0 ? Int64(7) : large }
            let record = ZipRecord.directory(
                entry {
                    ($0.byteCount, $0.packedByteCount) = (sizes[0], sizes[1])
                    ($0.checksum, $0.modified) = (nil, .earliest)
                }, at: sizes[2])
            let needed = sizes.filter { $0 == large }
            let extra = needed.isEmpty ? [] : [1, 0, UInt8(needed.count * 8), 0] + needed.flatMap(bytes)
            #expect(Array(record[55...]) == extra && record[30] == UInt8(extra.count) && record[6] == (needed.isEmpty ? 20 : 45))
            for (position, size) in [(24, sizes[0]), (20, sizes[1]), (42, sizes[2])] {
                let word = size == large ? [UInt8](repeating: 0xFF, count: 4) : [7, 0, 0, 0]
                #expect(Array(record[position..<position + 4]) == word, "\(mask)")
            }
        }
        // All ones is the mark of zip64, and so is no size.
        #expect(ZipRecord.directory(entry(), at: 0xFFFF_FFFF).count == ZipRecord.directory(entry(), at: 0xFFFF_FFFE).count + 12)
    }

    @Test("at the end")
    func end() {
        #expect(
            ZipRecord.end(entryCount: 0x0102, directoryByteCount: 0x0304_0506, directoryOffset: 0xFFFF_FFFE)
                == [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 2, 1, 2, 1, 6, 5, 4, 3, 0xFE, 0xFF, 0xFF, 0xFF, 0, 0])
        #expect(ZipRecord.end(entryCount: 65_535, directoryByteCount: 1, directoryOffset: 1).count == 22)
    }

    @Test("at the end of what is too much for that", arguments: [(65_536, 100, 200), (3, 1 << 32, 5), (3, 5, 0xFFFF_FFFF)])
    func endZip64(count: Int, byteCount: Int, offset: Int) {
        func word(_ value: Int) -> [UInt8] {
            value >= 0xFFFF_FFFF ? [0xFF, 0xFF, 0xFF, 0xFF] : Array(bytes(Int64(value)).prefix(4))
        }
        let short: [UInt8] = count > 65_535 ? [0xFF, 0xFF] : [UInt8(count), 0]
        let expected: [UInt8] =
            [0x50, 0x4B, 6, 6, 44, 0, 0, 0, 0, 0, 0, 0, 45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0] + bytes(Int64(count))
            + bytes(Int64(count)) + bytes(Int64(byteCount)) + bytes(Int64(offset))
            + [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + bytes(Int64(offset + byteCount)) + [1, 0, 0, 0]
            + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + short + short + word(byteCount) + word(offset) + [0, 0]
        #expect(
            ZipRecord.end(entryCount: count, directoryByteCount: Int64(byteCount), directoryOffset: Int64(offset)) == expected)
    }

    private func bytes(_ size: Int64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) } }
}

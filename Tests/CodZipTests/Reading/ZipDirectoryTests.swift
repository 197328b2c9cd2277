import CodCore
import Testing

@testable import CodZip

@Suite("The directory of a zip that may be anything")
struct ZipDirectoryTests {
    /// Zips of few bytes: as they are made, and with every record of zip64 that there is.
    static let zips: [[UInt8]] = [plain, zip64, commented]

    private static var entries: [HandmadeZip.Entry] {
        [
            HandmadeZip.Entry("4.5/instances/1.dcm", ramp(300)), .init("4.5/instances/2.dcm", noise(30)),
            .init("4.5/instances/3.dcm", []),
        ]
    }

    private static let plain: [UInt8] = (try? HandmadeZip(entries).bytes) ?? []

    private static let commented: [UInt8] = Array(plain.dropLast(2)) + [5, 0] + Array("hello".utf8)

    /// One entry, whose sizes and place stand in zip64 fields, and so do count, size and place of the directory.
    private static let zip64: [UInt8] = {
        let (name, data) = (Array("4.5/instances/1.dcm".utf8), noise(20))
        let sum = CRC32(of: data).value
        var common = LittleEndianBytes()
        common.append(UInt16(45))
        for word in [0, 0, 0, 0x21] as [UInt16] { common.append(word) }
        for word in [sum, .max, .max] { common.append(word) }
        var sizes = LittleEndianBytes()
        for size in [20, 20] as [UInt64] { sizes.append(size) }
        let local: [UInt8] = [0x50, 0x4B, 3, 4] + common.bytes + [19, 0, 20, 0] + name + [1, 0, 16, 0] + sizes.bytes
        let directory: [UInt8] =
            [0x50, 0x4B, 1, 2, 45, 3] + common.bytes + [19, 0, 28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + name
            + [1, 0, 24, 0] + sizes.bytes + [UInt8](repeating: 0, count: 8)
        var end = LittleEndianBytes()
        end.append(ZipRecord.zip64EndSignature)
        end.append(UInt64(44))
        end.append(UInt32(45 << 16 | 45))
        for number in [0, 0] as [UInt32] { end.append(number) }
        for number in [1, 1, directory.count, local.count + data.count] { end.append(UInt64(number)) }
        end.append(ZipRecord.zip64LocatorSignature)
        end.append(UInt32(0))
        end.append(UInt64(local.count + data.count + directory.count))
        end.append(UInt32(1))
        end.append(ZipRecord.endSignature)
        for word in [0, 0, 0xFFFF, 0xFFFF] as [UInt16] { end.append(word) }
        for word in [.max, .max] as [UInt32] { end.append(word) }
        end.append(UInt16(0))
        return local + data + directory + end.bytes
    }()

    /// Reads a directory. Whatever the bytes are: nothing is asked for that they do not have, and no entry leads out of them.
    private func read(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> ZipDirectory {
        let directory = try ZipDirectory(ofZipWith: Int64(bytes.count)) { offset, byteCount in
            let isInside = offset >= 0 && byteCount >= 0 && offset + Int64(byteCount) <= bytes.count
            try #require(isInside, "\(byteCount) bytes at \(offset) of \(bytes.count)", sourceLocation: sourceLocation)
            return ByteChunk(bytes[Int(offset)..<Int(offset) + byteCount])
        }
        for place in directory.places {
            let (offset, entry) = (place.offset, place.entry)
            let isInside =
                (0...Int64(bytes.count)).contains(offset) && (0...Int64(bytes.count) - offset).contains(entry.packedByteCount)
            let isSame = entry.method == .deflated || entry.byteCount == entry.packedByteCount
            #expect(isInside && isSame && entry.byteCount >= 0, "\(place)", sourceLocation: sourceLocation)
        }
        #expect((0...Int64(bytes.count)).contains(directory.offset), sourceLocation: sourceLocation)
        return directory
    }

    private func damage(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> CodError? {
        do {
            _ = try read(bytes, sourceLocation: sourceLocation)
            return nil
        } catch {
            let found = error as? CodError
            #expect(found?.code == .damagedArchive, "\(error)", sourceLocation: sourceLocation)
            return found
        }
    }

    @Test("is read as it was written")
    func whole() throws {
        for (zip, count) in [(Self.plain, 3), (Self.commented, 3), (Self.zip64, 1)] {
            let directory = try read(zip)
            #expect(directory.places.count == count && directory.strayByteCount == 0)
            #expect(directory.places[0].entry.name == "4.5/instances/1.dcm")
        }
        let large = try read(Self.zip64).places[0]
        #expect(large.offset == 0 && large.entry.byteCount == 20 && large.entry.packedByteCount == 20)
    }

    @Test("is none where the file was cut off, after any of its bytes", arguments: zips.indices)
    func truncated(index: Int) {
        let zip = Self.zips[index]
        for count in 0..<zip.count { #expect(damage(Array(zip[..<count])) != nil, "\(count) bytes") }
    }

    @Test("with bytes missing in front leads nowhere else", arguments: zips.indices)
    func beheaded(index: Int) {
        for count in 1..<Self.zips[index].count { _ = damage(Array(Self.zips[index][count...])) }
    }

    @Test("with any byte changed leads out of the file nowhere, and asks for nothing outside", arguments: zips.indices)
    func changed(index: Int) {
        var bytes = Self.zips[index]
        for position in bytes.indices {
            let before = bytes[position]
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
                bytes[position] = before ^ mask
                _ = damage(bytes)
            }
            bytes[position] = before
        }
    }

    @Test("with two numbers of it changed to the largest there are leads nowhere either", arguments: zips.indices)
    func huge(index: Int) {
        let zip = Self.zips[index]
        let tail = stride(from: max(zip.count - 160, 0), to: zip.count - 3, by: 2)
        for one in tail {
            for other in tail where other >= one {
                var bytes = zip
                for position in [one, other] { bytes.replaceSubrange(position..<position + 4, with: [0xFF, 0xFF, 0xFF, 0x7F]) }
                _ = damage(bytes)
            }
        }
    }

    @Test("whose end says a byte more or less than it has is not taken, though both add up to nothing", arguments: [-1, 1])
    func size(off difference: Int) throws {
        var bytes = Self.plain
        let place = bytes.count - 10
        bytes[place] = UInt8(Int(bytes[place]) + difference)
        #expect(throws: CodError.self) { try read(bytes).requireNoStrays() }
    }

    @Test("with a field that is longer than the room for it is none: other readers refuse the zip")
    func brokenField() throws {
        var entry = ZipEntry(
            name: "4.5/instances/1.dcm", method: .stored, byteCount: 0, packedByteCount: 0, crc32: CRC32(), checksum: CRC32C(0))
        for archive in [nil, CRC32C(7)] {
            entry.archiveChecksum = archive
            var layout = ZipLayout()
            let place = layout.add(entry)
            var bytes = ZipRecord.local(place.entry)
            layout.forEachDirectoryPiece { bytes += $0 }
            #expect(try read(bytes).places == [ZipLayout.Place(entry: entry, offset: 0)])
            let length = bytes.count - 22 - (archive == nil ? 4 : 8) - 2
            #expect(bytes[length] == (archive == nil ? 4 : 8))
            bytes[length + 1] = 1
            #expect(throws: CodError.self) { try read(bytes) }
        }
    }

    @Test("of more entries than there is room for is none, and costs nothing")
    func counts() {
        var bytes = Self.plain
        for position in [bytes.count - 14, bytes.count - 13, bytes.count - 12, bytes.count - 11] { bytes[position] = 0xFF }
        #expect(damage(bytes) != nil)
        var large = Self.zip64
        let end = large.count - 22 - 20 - 56
        for position in end + 24..<end + 40 { large[position] = position % 8 == 7 ? 0 : 0xFF }
        #expect(damage(large) != nil)
    }
}

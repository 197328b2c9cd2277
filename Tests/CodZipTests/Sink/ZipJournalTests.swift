import CodCore
import Testing

@testable import CodZip

@Suite("The journal of a zip in progress")
struct ZipJournalTests {
    private static func record(_ uid: String, of series: String = "4.5", at offset: Int64, byteCount: Int64 = 100)
        -> ZipJournal.Record
    {
        let entry = ZipEntry(
            name: "\(series)/instances/\(uid).dcm", method: uid == "2" ? .stored : .deflated, byteCount: byteCount,
            packedByteCount: 60, crc32: CRC32(0x0123_4567), checksum: CRC32C(89),
            modified: ZipTime(secondsSince1970: 1_600_000_000))
        return ZipJournal.Record(place: ZipLayout.Place(entry: entry, offset: offset), checksum: CRC32C(7))
    }

    private let records = [
        record("1", at: 0), record("2", of: "4.6", at: 1000), record("hash-3_A", at: 5_000_000_000, byteCount: 1 << 40),
    ]

    private var lines: [[UInt8]] {
        [
            ZipJournal.beginning(ZipTime(secondsSince1970: 1_600_000_000)),
            ZipJournal.line(of: LockHolder(process: 12, host: "here")),
        ] + records.map(ZipJournal.line(of:)) + [
            ZipJournal.line(confirming: records[1].place.entry.name, of: CRC32C(5)),
            ZipJournal.line(confirming: records[2].place.entry.name, of: CRC32C(6)),
            ZipJournal.line(dropping: records[1].place.entry.name),
        ]
    }

    private func read(_ chunks: [[UInt8]]) -> ZipJournal {
        var journal = ZipJournal()
        for chunk in chunks { journal.push(ByteChunk(chunk)) }
        return journal
    }

    @Test("tells what was written, however it is cut")
    func roundTrip() {
        let bytes = lines.flatMap(\.self)
        for cut in 0...bytes.count {
            let journal = read([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(journal.modified?.secondsSince1970 == 1_600_000_000)
            #expect(journal.holder == LockHolder(process: 12, host: "here"))
            #expect(Set(journal.records.values) == [records[0], records[2]])
            #expect(journal.confirmations[records[2].place.entry.name] == CRC32C(6))
            #expect(journal.confirmations.has(CRC32C(6), of: "4.5") && !journal.confirmations.has(CRC32C(5), of: "4.6"))
            #expect(journal.byteCount == Int64(bytes.count))
        }
        #expect(read(bytes.map { [$0] }).records.count == 2)
    }

    @Test("tells what stands in front of where it was torn off")
    func torn() {
        let bytes = lines.flatMap(\.self)
        var ends = [0]
        for line in lines { ends.append(ends[ends.count - 1] + line.count) }
        for cut in 0..<bytes.count {
            let journal = read([Array(bytes[..<cut])])
            let wholeCount = ends.lastIndex { $0 <= cut } ?? 0
            #expect(journal.byteCount == Int64(ends[wholeCount]))
            #expect(journal.records.count == min(max(wholeCount - 2, 0), 3))
        }
    }

    @Test("is not sure any more of an entry that was saved again")
    func savedAgain() {
        let again = read(lines + [ZipJournal.line(of: records[2])])
        #expect(again.records.count == 2 && again.confirmations[records[2].place.entry.name] == nil)
        let name = "4.5/instances/1.dcm"
        #expect(read([lines[0], ZipJournal.line(confirming: name, of: CRC32C(6))]).confirmations == Confirmations())
    }

    @Test("does not say of a series that all of its archive is there when one of its entries was dropped")
    func dropped() {
        #expect(read(lines).confirmations.has(CRC32C(6), of: "4.5"))
        let other = read(lines + [ZipJournal.line(dropping: "4.6/instances/1.dcm")])
        #expect(other.confirmations.has(CRC32C(6), of: "4.5"))
        let name = records[0].place.entry.name
        #expect(read(lines + [ZipJournal.line(dropping: name)]).confirmations[records[2].place.entry.name] == nil)
        #expect(!read(lines + [ZipJournal.line(dropping: name)]).confirmations.has(CRC32C(6), of: "4.5"))
    }

    @Test("believes nothing from a changed byte on")
    func changed() {
        let bytes = lines.flatMap(\.self)
        var end = 0
        for line in lines {
            for position in end..<end + line.count {
                var changed = bytes
                changed[position] ^= 0x15
                #expect(read([changed]).byteCount <= end)
            }
            end += line.count
        }
    }

    @Test(
        "takes no line that cannot be",
        arguments: [
            "add -1 1 1 stored 00000000 00000000 00000000 4.5/instances/1.dcm",
            "add 1 1 9223372036854775807 stored 00000000 00000000 00000000 4.5/instances/1.dcm",
            "add 1 1 1 packed 00000000 00000000 00000000 4.5/instances/1.dcm",
            "add 1 1 1 stored 0 00000000 00000000 4.5/instances/1.dcm",
            "add 1 1 1 stored 00000000 00000000 00000000 4.5/instances/../1.dcm",
            "add 1 1 1 stored 00000000 00000000 00000000 ../instances/1.dcm",
            "add 1 1 1 stored 00000000 00000000 00000000",
            "zip 1 1600000000", "zip 2 1600000000", "", "x",
        ])
    func refused(_ text: String) {
        var checksum = RunningCRC32C()
        checksum.update(ByteChunk(text.utf8))
        let beginning = ZipJournal.beginning(.earliest)
        let journal = read([beginning, Array("\(text) \(checksum.checksum)\n".utf8)])
        #expect(journal.byteCount == Int64(beginning.count))
        #expect(journal.records.isEmpty)
    }

    @Test("of one endless line holds no more than a line")
    func endless() {
        let journal = read([[UInt8](repeating: 0x61, count: 100_000), Array("\n".utf8)] + lines)
        #expect(journal.byteCount == 0 && journal.records.isEmpty)
    }
}

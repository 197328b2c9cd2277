import CodCore
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Notes of what is saved")
struct SeriesRecordsTests {
    let folder: TemporaryFolder
    let own: OpenFile
    let root: OpenFile

    init() throws {
        folder = try TemporaryFolder()
        root = try OpenFile.folder(at: folder.path)
        own = try root.makingFolder(".cod")
    }

    private static let records = [
        SeriesRecords.Record(uid: "1.2.3", byteCount: 524_288, checksum: CRC32C(0xE306_9283), isVerified: true),
        SeriesRecords.Record(uid: "1.2.3.4", byteCount: 0, checksum: nil, isVerified: false),
        SeriesRecords.Record(uid: String(repeating: "a", count: 128), byteCount: .max, checksum: CRC32C(1), isVerified: false),
        SeriesRecords.Record(uid: "lost", byteCount: 9, checksum: CRC32C(7), isVerified: false, isDamaged: true),
        SeriesRecords.Record(uid: "sure", byteCount: 3, checksum: CRC32C(8), isVerified: true, archiveChecksum: CRC32C(5)),
    ]

    private static let text = "1.2.3 524288 e3069283 verified\n1.2.3.4 0 - unverified\n"

    private func read() -> SeriesRecords { SeriesRecords(of: series, in: root) }

    @Test("What was noted is read again")
    func roundTrip() throws {
        try SeriesRecords.append(Self.records, to: series, in: own)
        let read = read()
        #expect(read.count == 5)
        #expect(Set(read.instances) == Set(Self.records.map(\.uid)))
        for record in Self.records { #expect(read[instance: record.uid] == record) }
        #expect(folder.text(".cod/records/1.2.3/4.5.6.txt")?.hasPrefix(Self.text) == true)
        #expect(
            folder.text(".cod/records/1.2.3/4.5.6.txt")?.hasSuffix(
                "\nlost 9 00000007 damaged\nsure 3 00000008 00000005 confirmed\n") == true)
    }

    @Test(
        "What was withdrawn is not there, until it is noted again; where nothing was noted nothing is written",
        arguments: [true, false])
    func withdrawing(isDurable: Bool) throws {
        try SeriesRecords.withdraw("1.2.3", of: series, in: own, isDurable: isDurable)
        #expect(folder.everything == [".cod"])
        try SeriesRecords.append(Self.records, to: series, in: own)
        try SeriesRecords.withdraw("1.2.3", of: series, in: own, isDurable: isDurable)
        #expect(read()[instance: "1.2.3"] == nil && read().count == 4)
        try SeriesRecords.append([Self.records[0]], to: series, in: own)
        #expect(read()[instance: "1.2.3"] == Self.records[0])
    }

    @Test("A line torn off anywhere neither confirms nor withdraws", arguments: 0..<"7 5 0000000a 00000005 confirmed".utf8.count)
    func tornConfirmation(_ byteCount: Int) throws {
        let path = ".cod/records/1.2.3/4.5.6.txt"
        for line in ["7 5 0000000a 00000005 confirmed", "7 withdrawn"] where byteCount < line.utf8.count {
            try folder.put("7 4 - unverified\n" + line.prefix(byteCount) + "\n", at: path)
            let record = SeriesRecords.Record(uid: "7", byteCount: 4, checksum: nil, isVerified: false)
            #expect(read()[instance: "7"] == record, "\(line.prefix(byteCount))")
        }
    }

    @Test(
        "A damaged one torn off anywhere never says that the instance is well", arguments: 0..."7 5 0000000a damaged".utf8.count)
    func tornDamage(_ byteCount: Int) throws {
        try folder.put("7 4 - unverified\n" + "7 5 0000000a damaged".prefix(byteCount), at: ".cod/records/1.2.3/4.5.6.txt")
        try SeriesRecords.append([Self.records[0]], to: series, in: own)
        let record = try #require(read()[instance: "7"])
        #expect(record.byteCount == 4 && !record.isDamaged || record.byteCount == 5 && record.isDamaged)
    }

    @Test("Records are changed where nobody else has changed them; the others are answered as they are")
    func amending() throws {
        let records = Self.records
        let now = SeriesRecords.Record(uid: "1.2.3", byteCount: 3, checksum: nil, isVerified: false)
        let damaged = records.map {
            SeriesRecords.Record(uid: $0.uid, byteCount: $0.byteCount, checksum: $0.checksum, isVerified: false, isDamaged: true)
        }
        try SeriesRecords.append(records + [now], to: series, in: own)
        let before = folder.text(".cod/records/1.2.3/4.5.6.txt") ?? ""
        let others = try SeriesRecords.amend(Array(zip(records, damaged)), of: series, in: own)
        #expect(others == [now])
        let read = read()
        #expect(read[instance: "1.2.3"] == now)
        for record in damaged.dropFirst() { #expect(read[instance: record.uid] == record) }
        // The last one said so already.
        let after = folder.text(".cod/records/1.2.3/4.5.6.txt") ?? ""
        #expect(after.hasPrefix(before) && after.dropFirst(before.count).split(separator: "\n").count == 3)
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try SeriesRecords.amend([], of: SeriesID(study: "none", series: "1"), in: own)
        }
    }

    @Test("Records that cannot be read are told apart from none")
    func unreadable() throws {
        #expect(try SeriesRecords(reading: series, in: root).count == 0)
        try folder.put("", at: ".cod/records/1.2.3/other.txt")
        #expect(try SeriesRecords(reading: series, in: root).count == 0)
        try folder.makeFolder(".cod/records/1.2.3/4.5.6.txt")
        #expect(throws: Errno.isDirectory) { try SeriesRecords(reading: series, in: root) }
        try folder.makeLink(".cod/records/1.2.3/link.txt", to: folder[".cod/records/1.2.3/other.txt"])
        #expect(throws: Errno.tooManySymbolicLinkLevels) {
            try SeriesRecords(reading: SeriesID(study: "1.2.3", series: "link"), in: root)
        }
    }

    @Test("The last note of an instance counts")
    func lastCounts() throws {
        try SeriesRecords.append([Self.records[0]], to: series, in: own)
        let later = SeriesRecords.Record(uid: "1.2.3", byteCount: 7, checksum: nil, isVerified: false)
        try SeriesRecords.append([later], to: series, in: own)
        #expect(read()[instance: "1.2.3"] == later)
    }

    @Test("A line torn off anywhere says nothing, and does not swallow the next one", arguments: 0...text.utf8.count)
    func tornOff(_ byteCount: Int) throws {
        let torn = String(Self.text.prefix(byteCount))
        try folder.put(torn, at: ".cod/records/1.2.3/4.5.6.txt")
        try SeriesRecords.append([Self.records[2]], to: series, in: own)
        let read = read()
        #expect(read[instance: Self.records[2].uid] == Self.records[2])
        for record in Self.records.prefix(2) {
            if let found = read[instance: record.uid] { #expect(found == record) }
        }
        // A line without its end may be whole all the same.
        #expect(read.count <= 1 + torn.count { $0 == "\n" } + 1)
    }

    @Test(
        "What is no note is passed over",
        arguments: [
            "\0\0\0\0\0", "1 2", "1 -2 - verified", "1 99999999999999999999 - verified", "../x 1 - verified", "1 1 xyz verified",
            "1 1 e3069283 maybe", "1  1 - verified", " 1 1 - verified", "1 1 - verified ", String(repeating: "9", count: 100_000),
            "1 1 +3069283 verified", "\u{FFFD}",
        ])
    func garbage(_ line: String) throws {
        try folder.put("\(line)\n\(Self.text)\(line)\n", at: ".cod/records/1.2.3/4.5.6.txt")
        let read = read()
        #expect(Set(read.instances) == ["1.2.3", "1.2.3.4"])
    }

    @Test("Lines come out the same wherever the bytes are cut", arguments: 0...text.utf8.count)
    func everySplit(_ position: Int) {
        let bytes = Array(Self.text.utf8)
        var lines = RecordLines()
        var found: [RecordLines.Line] = []
        lines.push(ByteChunk(bytes[..<position])) { found.append($0) }
        lines.push(ByteChunk(bytes[position...])) { found.append($0) }
        #expect(found == Self.records.prefix(2).map(RecordLines.Line.instance))
    }

    @Test("Where nothing was noted, and where something else is in the way, there are no records")
    func none() throws {
        #expect(read().count == 0)
        try folder.makeFolder(".cod/records/1.2.3/4.5.6.txt")
        #expect(read().count == 0)
        #expect(SeriesRecords(of: SeriesID(study: "..", series: ".."), in: root).count == 0)
    }

    @Test("Several who note at once lose nothing")
    func sideBySide() async throws {
        let own = own
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let record = SeriesRecords.Record(uid: "\(number)", byteCount: 1, checksum: nil, isVerified: false)
                    #expect(throws: Never.self) { try SeriesRecords.append([record], to: series, in: own) }
                }
            }
        }
        #expect(read().count == 50)
    }

    @Test("A portion's instances are noted with size, checksum and whether they were verified")
    func byTheSink() async throws {
        let sink = DirectorySink(at: folder.path)
        let sum = checksum(of: "abc")
        try await sink.feed(
            events("abc", of: instance("sure", 3, checksum: sum)) + events("abc", of: instance("unsure", 3))
                + [.begin(instance("unknown", 0)), .end(checksum: nil)])
        try await sink.close()
        #expect(
            folder.text(".cod/records/1.2.3/4.5.6.txt")
                == "sure 3 \(sum) verified\nunsure 3 \(sum) unverified\nunknown 0 - unverified\n")
    }
}

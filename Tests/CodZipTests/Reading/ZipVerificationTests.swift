import CodCore
import CodTesting
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CodZip

@Suite("A zip that is held against what it says of itself")
struct ZipVerificationTests {
    @Test("is whole as it was made: small entries, large ones, stored and deflated", arguments: [1, 4])
    func whole(laneCount: Int) async throws {
        var files = try SavedFiles()
        try files.add([], as: "empty")
        try files.add([7], as: "tiny")
        try files.add(ramp(3_000_000), as: "large")
        try files.add(noise(900_000), as: "noise", in: "4.6")
        for number in 0..<150 { try files.add(ramp(700 + number), as: "i\(number)", in: "4.6") }
        let study = try await StudyZipper(into: files.folder["zips"]).run(files.study, in: StageContext())
        let zip = ZipVerification(of: try #require(study.artifacts.last), laneCount: laneCount)
        let contents = try await zip.contents()
        #expect(contents.instanceCount == 154 && contents.seriesCount == 2 && !contents.isIncomplete)
        let (report, findings) = try await zip.all()
        #expect(findings.isEmpty && report.isWhole && zip.study == "1.2.3")
        #expect(report.instanceCount == 154 && report.verifiedCount == 154 && report.byteCount == contents.byteCount)
    }

    @Test("of other programs is whole by its crc32; what is no instance is named and does not count")
    func foreign() async throws {
        let folder = try TemporaryFolder()
        let text = """
            import sys, zipfile
            class Unseekable:
                def __init__(self, file): self.file = file
                def write(self, bytes): return self.file.write(bytes)
                def flush(self): self.file.flush()
            for path, wrap in ((sys.argv[1], lambda f: f), (sys.argv[2], Unseekable)):
                with open(path, 'wb') as file, zipfile.ZipFile(wrap(file), 'w', zipfile.ZIP_DEFLATED) as archive:
                    archive.writestr('4.5/', '')
                    for number in range(20): archive.writestr(f'4.5/instances/{number}.dcm', str(number) * 100000)
                    archive.writestr('4.5/instances/stored.dcm', 'abc', zipfile.ZIP_STORED)
                    archive.writestr('n\\u00F6tes.txt', 'mine')
                    archive.comment = b'of another program'
            """
        let made = try ZipReader.run(["python3", "-c", text, folder["plain.zip"], folder["streamed.zip"]])
        #expect(made.status == 0, "\(made.text)")
        for name in ["plain.zip", "streamed.zip"] {
            let (report, findings) = try await ZipVerification(of: folder[name]).all()
            #expect(report.isWhole && report.verifiedCount == 21 && report.instanceCount == 21, "\(name)")
            #expect(findings.map(\.entry) == ["n\u{F6}tes.txt"] && findings.map(\.kind) == [.unknown], "\(name): \(findings)")
        }
    }

    @Test("cut short after any of its bytes is no whole zip, and nothing worse")
    func truncation() async throws {
        let zip = try HandmadeZip(small).bytes
        let folder = try TemporaryFolder()
        for count in 0..<zip.count {
            let error = await #expect(throws: CodError.self) { try await folder.verify(Array(zip[..<count])) }
            #expect(error?.code == .damagedArchive, "\(count): \(error.map { "\($0)" } ?? "")")
        }
        #expect(try await folder.verify(zip).report.isWhole)
    }

    @Test("with any bit changed is not whole, but for times, versions, attributes and the like: and these never unpack otherwise")
    func bits() async throws {
        let made = try HandmadeZip(small)
        let folder = try TemporaryFolder()
        // The last bits of a deflate stream are nobody's.
        let data = Set(
            made.layout.places.flatMap { place in
                let end = place.dataOffset + place.entry.packedByteCount
                return place.dataOffset..<(place.entry.method == .deflated ? end - 1 : end)
            })
        for position in made.bytes.indices {
            for bit in [0, 7] {
                var bytes = made.bytes
                bytes[position] ^= 1 << UInt8(bit)
                do {
                    let (report, _) = try await folder.verify(bytes)
                    let isChanged = data.contains(Int64(position))
                    #expect(!isChanged || !report.isWhole, "byte \(position), bit \(bit)")
                    if report.isWhole { #expect(report.byteCount == made.contentByteCount, "byte \(position), bit \(bit)") }
                } catch let error as CodError {
                    #expect(error.code == .damagedArchive, "byte \(position), bit \(bit): \(error)")
                }
            }
        }
    }

    @Test("that other readers refuse is not whole, though all its bytes unpack")
    func refusedByOthers() async throws {
        let made = try HandmadeZip([HandmadeZip.Entry("4.5/instances/1.dcm", ramp(300))])
        let folder = try TemporaryFolder()
        let directory = try #require(made.bytes.firstRange(of: [0x50, 0x4B, 0x01, 0x02])?.lowerBound)
        let field = try #require(made.bytes.lastRange(of: [0x43, 0x6F, 4, 0])?.lowerBound)
        // Version 8.4; a field without its content; a link; a name in another encoding; the same of the record in front.
        for (position, bit) in [(directory + 6, 6), (field + 2, 2), (directory + 41, 5), (directory + 9, 3), (4, 6), (7, 3)] {
            var bytes = made.bytes
            bytes[position] ^= 1 << UInt8(bit)
            let report = try? await folder.verify(bytes).report
            #expect(report?.isWhole != true, "byte \(position), bit \(bit)")
        }
        #expect(try await folder.verify(made.bytes).report.isWhole)
    }

    @Test("names the entry and how it is damaged")
    func damages() async throws {
        let folder = try TemporaryFolder()
        func problem(_ entries: [HandmadeZip.Entry], change: (inout HandmadeZip) -> Void = { _ in }) async throws -> String {
            var zip = try HandmadeZip(entries)
            change(&zip)
            let (report, findings) = try await folder.verify(zip.bytes)
            #expect(
                !report.isWhole && findings.count == 1 && findings[0].kind == .damaged && findings[0].instance?.series == "4.5")
            return findings.first?.message ?? ""
        }
        let whole = HandmadeZip.Entry("4.5/instances/1.dcm", ramp(5000))
        var entry = HandmadeZip.Entry("4.5/instances/2.dcm", ramp(900_000))
        entry.change = { $0.crc32 = CRC32($0.crc32.value ^ 1) }
        #expect(try await problem([whole, entry]).contains("have not the crc32"))
        entry.change = { $0.checksum = CRC32C(1) }
        #expect(try await problem([whole, entry]).contains("crc32c 00000001 was saved"))
        entry.change = { $0.byteCount -= 1 }
        #expect(try await problem([whole, entry]).contains("unpacks to more than the 899999 bytes"))
        entry.change = { $0.byteCount += 1 }
        #expect(try await problem([whole, entry]).contains("has 900000 bytes; 900001 bytes were saved"))
        entry.change = { _ in }
        entry.changePacked = { $0.removeLast(3) }
        #expect(try await problem([whole, entry]).contains("breaks off"))
        entry.changePacked = { $0.append(0) }
        #expect(try await problem([whole, entry]).contains("others follow"))
        entry.changePacked = { $0[0] = 0xFF }
        #expect(try await problem([whole, entry]).contains("cannot be unpacked"))
        entry.changePacked = { _ in }
        for (field, words) in [
            (8, "packed otherwise"), (6, "encrypted"), (14, "crc32"), (18, "size"), (22, "size"), (30, "name"),
        ] {
            let found = try await problem([whole, entry]) { $0.changeLocal(1, field) }
            #expect(found.contains(words), "\(field): \(found)")
        }
        #expect(try await problem([whole, entry]) { $0.changeLocal(1, 0) }.contains("Its record is not at byte"))
    }

    @Test(
        "names entries that lead out of the folder it is unpacked to",
        arguments: ["../x", "/x", "a/../x", "a//x", "./x", "..", "a\\..\\x", "C:x", "", "a/./x", "nul\0.dcm", "//"])
    func names(name: String) async throws {
        let (report, findings) = try await TemporaryFolder().verify(
            HandmadeZip([.init(name, [1]), .init("4.5/instances/1.dcm", [1])]).bytes)
        #expect(!report.isWhole && findings.map(\.entry) == [name] && report.verifiedCount == 1)
        #expect(findings.first?.message.contains("leads out") == true)
    }

    @Test(
        "names the second of two entries of one name, and entries that lie in each other, which are not unpacked again and again")
    func overlaps() async throws {
        let folder = try TemporaryFolder()
        let twice = try await folder.verify(
            HandmadeZip([.init("a/instances/b.dcm", [1]), .init("a/instances/b.dcm", [2])]).bytes)
        #expect(twice.findings.map(\.message) == ["Another entry has the same name."] && twice.report.verifiedCount == 1)

        let zip = try HandmadeZip([.init("4.5/instances/1.dcm", ramp(100_000))])
        let place = zip.layout.places[0]
        let many = (0..<200).map { number in
            var entry = place.entry
            entry.name = "4.5/instances/\(100 + number).dcm"
            return ZipLayout.Place(entry: entry, offset: place.offset)
        }
        let bomb = try await folder.verify(zip.ended(by: many))
        #expect(bomb.report[.damaged] == 200 && bomb.report.byteCount == 0)
        // Where it reaches into the directory, too.
        var long = place.entry
        long.packedByteCount += 1
        let reaching = try await folder.verify(zip.ended(by: [ZipLayout.Place(entry: long, offset: 0)]))
        #expect(reaching.findings.first?.message.contains("or in the directory") == true)
    }

    @Test("is no whole zip with anything between its directory and its end, or with more entries than it says")
    func strays() async throws {
        let folder = try TemporaryFolder()
        let zip = try HandmadeZip(small)
        var more = zip.bytes
        more.insert(contentsOf: [1, 2, 3], at: more.count - ZipRecord.endByteCount)
        var fewer = zip.bytes
        for position in [fewer.count - 14, fewer.count - 12] { fewer[position] -= 1 }
        for bytes in [more, fewer, zip.bytes + [0], Array("PK".utf8), [UInt8](repeating: 0x50, count: 70_000)] {
            let error = await #expect(throws: CodError.self) { try await folder.verify(bytes) }
            #expect(error?.code == .damagedArchive)
        }
        // Something in front of an entry is room that a sink may leave.
        #expect(try await folder.verify(HandmadeZip(small, gap: 100).bytes).report.isWhole)
    }

    @Test("of which a little unpacks to very much is unpacked to what it says, and no further")
    func bombs() async throws {
        let folder = try TemporaryFolder()
        var bomb = HandmadeZip.Entry("4.5/instances/1.dcm", [UInt8](repeating: 0, count: 30_000_000))
        bomb.change = { $0.byteCount = 1000 }
        let zip = try HandmadeZip([bomb])
        #expect(zip.bytes.count < 200_000)
        let (report, findings) = try await folder.verify(zip.bytes)
        #expect(findings.count == 1 && report.byteCount <= 64 << 10)
    }

    @Test("that is cancelled tells of what it looked at")
    func cancellation() async throws {
        let folder = try TemporaryFolder()
        // Every entry is damaged, so that each batch tells of some.
        let entries = (0..<2000).map { number in
            var entry = HandmadeZip.Entry("4.5/instances/\(number).dcm", [1])
            entry.change = { $0.crc32 = CRC32(0) }
            return entry
        }
        try folder.write(HandmadeZip(entries).bytes, to: "x.zip")
        let path = folder["x.zip"]
        let task = Task {
            try await ZipVerification(of: path, laneCount: 2).run { _ in withUnsafeCurrentTask { $0?.cancel() } }
        }
        let report = try await task.value
        #expect(report.isInterrupted && !report.isWhole && report.instanceCount < 2000)
    }

    @Test("that is cancelled in the middle of its last entry is not whole, and says so")
    func cancellationWithinEntry() async throws {
        let folder = try TemporaryFolder(inMemory: true)
        var entries = (0..<64).map { HandmadeZip.Entry("4.5/instances/\($0).dcm", [1]) }
        // What is told of the first batch cancels it, while the other lane has the large one.
        entries[0].change = { $0.crc32 = CRC32(0) }
        entries.append(.init("4.5/instances/large.dcm", [UInt8](repeating: 0, count: 100_000_000)))
        try folder.write(HandmadeZip(entries).bytes, to: "1.2.3.zip")
        let path = folder["1.2.3.zip"]
        let task = Task {
            try await ZipVerification(of: path, laneCount: 2).run { _ in withUnsafeCurrentTask { $0?.cancel() } }
        }
        let report = try await task.value
        #expect(report[.damaged] == 1 && report.isInterrupted == (report.verifiedCount < 64))
    }

    @Test("that is not there, or is a folder, is no zip that can be read")
    func nothing() async throws {
        let folder = try TemporaryFolder()
        for path in [folder["nothing.zip"], folder["."]] {
            let error = await #expect(throws: CodError.self) { try await ZipVerification(of: path).run() }
            #expect(error?.code == .invalidSource && error?.message.contains(path) == true)
        }
    }

    @Test(
        "has the study of its name", arguments: [("a/1.2.zip", "1.2"), ("1.2~00000004.ZIP", "1.2"), (".zip", nil), ("1.2", nil)])
    func study(path: String, study: String?) {
        #expect(ZipVerification(of: path).study == study)
    }

    private var small: [HandmadeZip.Entry] {
        [
            .init("4.5/instances/1.dcm", ramp(300)), .init("4.5/instances/2.dcm", noise(40)), .init("4.5/instances/3.dcm", []),
            .init("n\u{F6}tes.txt", [1]),
        ]
    }
}

/// A zip of entries that are changed as a test wants, with the real records around them.
struct HandmadeZip {
    struct Entry {
        let name: String
        let bytes: [UInt8]
        let time: ZipTime
        /// Changes what all records say of it.
        var change: (inout ZipEntry) -> Void = { _ in }
        var changePacked: (inout [UInt8]) -> Void = { _ in }

        init(_ name: String, _ bytes: [UInt8], at time: ZipTime = .earliest) {
            (self.name, self.bytes, self.time) = (name, bytes, time)
        }
    }

    private(set) var layout = ZipLayout()
    private(set) var bytes: [UInt8] = []
    private(set) var contentByteCount: Int64 = 0

    init(_ entries: [Entry], gap: Int = 0) throws {
        var packer = EntryPacker(ZipOptions())
        var places: [ZipLayout.Place] = []
        for item in entries {
            var checksum = RunningCRC32C()
            checksum.update(ByteChunk(item.bytes))
            let packed = try packer.pack(ByteChunk(item.bytes), named: item.name, modified: item.time)
            var data: [UInt8] = []
            packed.withBytes { span in span.withUnsafeBytes { data += $0 } }
            item.changePacked(&data)
            var entry = packed.entry
            entry.checksum = checksum.checksum
            entry.packedByteCount = Int64(data.count)
            item.change(&entry)
            contentByteCount += entry.byteCount
            bytes += [UInt8](repeating: 0xAA, count: gap)
            places.append(ZipLayout.Place(entry: entry, offset: Int64(bytes.count)))
            bytes += ZipRecord.local(entry) + data
        }
        let body = bytes
        layout = ZipLayout(places, byteCount: Int64(body.count))
        bytes = ended(by: places)
    }

    /// The same entries with another directory.
    func ended(by places: [ZipLayout.Place]) -> [UInt8] {
        var zip = Array(bytes.prefix(Int(layout.byteCount)))
        ZipLayout(places, byteCount: layout.byteCount).forEachDirectoryPiece { zip += $0 }
        return zip
    }

    /// Changes a bit of an entry's local record.
    mutating func changeLocal(_ index: Int, _ offset: Int) { bytes[Int(layout.places[index].offset) + offset] ^= 1 }
}

extension ZipVerification {
    /// Verifies all, and answers all findings.
    func all() async throws -> (report: Report, findings: [Finding]) {
        let findings = Mutex<[Finding]>([])
        let report = try await run { event in
            if case .finding(let finding) = event { findings.withLock { $0.append(finding) } }
        }
        return (report, findings.withLock { $0 })
    }
}

extension ZipVerification.Report {
    subscript(kind: ZipVerification.Finding.Kind) -> Int { findingCounts[kind, default: 0] }
}

extension TemporaryFolder {
    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: self[name])) }

    /// Verifies a zip of these bytes.
    func verify(_ bytes: [UInt8]) async throws -> (report: ZipVerification.Report, findings: [ZipVerification.Finding]) {
        try write(bytes, to: "x.zip")
        return try await ZipVerification(of: self["x.zip"], laneCount: 2).all()
    }
}

import CodCore
import CodTesting
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("Zips of every shape are read by everybody, and have zip64 records exactly where they must", .timeLimit(.minutes(10)))
struct ZipShapeTests {
    /// Whether there is time for what takes minutes.
    static let isLargeWanted = ProcessInfo.processInfo.environment["COD_ZIP_LARGE"] == "1"

    /// What a zip of few bytes can be like.
    enum Shape: CaseIterable {
        case empty, tinyInstance, emptyInstance, storedAndDeflated, namesOutsideASCII
        case manyWithoutZip64, manyWithZip64, evenMore

        /// Those that do not take long, and all where it is asked for.
        static var chosen: [Shape] { allCases.filter { ZipShapeTests.isLargeWanted || $0 != .evenMore } }

        var entryCount: Int {
            switch self {
            case .empty: 0
            case .tinyInstance, .emptyInstance: 1
            case .storedAndDeflated: 4
            case .namesOutsideASCII: 5
            case .manyWithoutZip64: 65_535
            case .manyWithZip64: 65_536
            case .evenMore: 70_000
            }
        }

        var entries: [HandmadeZip.Entry] {
            let name = "4.5/instances/1.dcm"
            return switch self {
            case .empty: []
            case .tinyInstance: [.init(name, [7])]
            case .emptyInstance: [.init(name, [])]
            case .storedAndDeflated:
                [ramp(100_000), noise(100_000), [], ramp(2_000_000)].enumerated().map { .init("4.5/instances/\($0).dcm", $1) }
            case .namesOutsideASCII:
                ["\u{F6}", "\u{4E2D}\u{6587}", "\u{1F9E0}", "\u{430}\u{431}", "a b"].map { .init("4.5/\($0).dcm", ramp(100)) }
            default: (0..<entryCount).map { .init("4.5/instances/\($0).dcm", [UInt8(truncatingIfNeeded: $0)]) }
            }
        }
    }

    @Test("by unzip, 7z, bsdtar, Python and both of Java's readers, and by cod itself", arguments: Shape.chosen)
    func shapes(shape: Shape) async throws {
        let folder = try TemporaryFolder(inMemory: true)
        let zip = try HandmadeZip(shape.entries)
        let names = zip.layout.places.map(\.entry.name)
        #expect(names.count == shape.entryCount)
        try folder.write(zip.bytes, to: "x.zip")
        try expectZip64(at: folder["x.zip"], entryCount: shape.entryCount, isNeeded: shape.entryCount > 65_535)
        #expect(zip.layout.places.allSatisfy { hasZip64(ZipRecord.local($0.entry), nameOffset: 30) == false })
        if shape == .storedAndDeflated {
            #expect(Set(zip.layout.places.map(\.entry.method)) == [.stored, .deflated])
        }
        for reader in ZipReader.installed {
            let result = try reader.test(folder["x.zip"])
            if reader == .unzip, shape == .empty {
                // It says so, and ends with a warning.
                #expect(result.status == 1, "\(result.text)")
                continue
            }
            #expect(result.status == 0, "\(reader): \(result.text)")
            #expect(try reader.names(in: folder["x.zip"]) == names, "\(reader)")
        }
        let (report, findings) = try await ZipVerification(of: folder["x.zip"]).all()
        #expect(report.isWhole && report.byteCount == zip.contentByteCount)
        // Names like a layout's count as instances' too.
        #expect(report.verifiedCount == shape.entryCount && findings.isEmpty)
    }

    @Test(
        "5 GiB that are deflated: zip64 in the records of that entry alone. Minutes: with COD_ZIP_LARGE=1",
        .enabled(if: isLargeWanted))
    func largeDeflated() async throws {
        var files = try SavedFiles()
        try files.add(ramp(100_000), as: "1")
        try files.add(ramp(100_000), as: "3")
        let path = "1.2.3/4.5/instances/2.dcm"
        try makeSparse(files.folder["out/\(path)"], byteCount: 5 << 30, islands: [3 << 20, 2 << 30, 9 << 29])
        let id = SeriesID(study: "1.2.3", series: "4.5")
        let instance = Instance(series: id, uid: "2", byteCount: 5 << 30, checksum: nil)
        files.study.series[0].instances.append(SavedInstance(instance: instance, path: path, root: files.folder["out"]))
        let study = try await StudyZipper(into: files.folder["zips"]).run(files.study, in: StageContext())
        let zip = try #require(study.artifacts.last)
        try expectZip64(at: zip, entryCount: 3, isNeeded: false)
        let places = try directory(of: zip).places
        #expect(places.map { hasZip64(ZipRecord.local($0.entry), nameOffset: 30) } == [false, true, false])
        #expect(places[1].entry.method == .deflated && places[1].entry.packedByteCount < 100 << 20)
        try await expectRead(zip, byteCount: 5 << 30 + 200_000, entryCount: 3)
    }

    @Test(
        "5 GiB that are stored: zip64 in that entry's records, in the directory's of the one behind, and at the end. With COD_ZIP_LARGE=1",
        .enabled(if: isLargeWanted))
    func largeStored() async throws {
        let folder = try TemporaryFolder()
        let byteCount: Int64 = 5 << 30
        var layout = ZipLayout()
        let large = layout.add(zeros("4.5/instances/1.dcm", byteCount))
        let small = layout.add(zeros("4.5/instances/2.dcm", 5))
        let outer = try OpenFile.folder(at: folder.path)
        let zip = try ZipFile(named: "x.zip", in: outer, at: folder["x.zip"])
        // What is not written is a hole, and read as zeros.
        for place in [large, small] { try zip.write(ZipRecord.local(place.entry), at: place.offset) }
        try zip.publish(layout, isDurable: false)
        try expectZip64(at: folder["x.zip"], entryCount: 2, isNeeded: true)
        #expect(hasZip64(ZipRecord.local(large.entry), nameOffset: 30) && !hasZip64(ZipRecord.local(small.entry), nameOffset: 30))
        #expect(hasZip64(ZipRecord.directory(large.entry, at: large.offset), nameOffset: 46))
        #expect(hasZip64(ZipRecord.directory(small.entry, at: small.offset), nameOffset: 46))
        #expect(try directory(of: folder["x.zip"]).places == layout.places)
        try await expectRead(folder["x.zip"], byteCount: byteCount + 5, entryCount: 2)
    }

    private func expectRead(_ zip: String, byteCount: Int64, entryCount: Int) async throws {
        for reader in ZipReader.installed {
            let result = try reader.test(zip)
            #expect(result.status == 0, "\(reader): \(result.text)")
        }
        let (report, findings) = try await ZipVerification(of: zip).all()
        #expect(report.isWhole && findings.isEmpty && report.byteCount == byteCount && report.verifiedCount == entryCount)
    }

    /// An entry of zeros, whose sums are put together of few bytes' sums.
    private func zeros(_ name: String, _ byteCount: Int64) -> ZipEntry {
        var entry = ZipEntry(name: name, method: .stored, byteCount: byteCount, packedByteCount: byteCount, crc32: CRC32())
        var checksum = RunningCRC32C()
        var rest = byteCount
        let whole = ByteChunk([UInt8](repeating: 0, count: 1 << 20))
        while rest > 0 {
            let count = Int(min(rest, 1 << 20))
            let part = count == whole.count ? whole : ByteChunk([UInt8](repeating: 0, count: count))
            part.withBytes { entry.crc32.update($0) }
            checksum.update(part)
            rest -= Int64(count)
        }
        entry.checksum = checksum.checksum
        return entry
    }

    private func makeSparse(_ path: String, byteCount: UInt64, islands: [UInt64]) throws {
        try Data().write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        for island in islands {
            try file.seek(toOffset: island)
            try file.write(contentsOf: Data(noise(1 << 20, seed: island)))
        }
        try file.truncate(atOffset: byteCount)
        try file.close()
    }

    private func directory(of zip: String) throws -> ZipDirectory {
        let file = try OpenFile.folder(at: ".").fileFollowing(zip)
        return try ZipDirectory(of: file, with: file.status())
    }

    /// Whether a record's extra fields have zip64's, and whether its version says so.
    private func hasZip64(_ record: [UInt8], nameOffset: Int) -> Bool {
        let (lengths, version) = nameOffset == 30 ? (26, 4) : (28, 6)
        func number(_ offset: Int) -> Int { Int(record[offset]) | Int(record[offset + 1]) << 8 }
        var extra = record[(nameOffset + number(lengths))...].prefix(number(lengths + 2))
        var isThere = false
        while let field = extra.takeField() { isThere = isThere || field.id == 1 }
        #expect((number(version) == 45) == isThere)
        return isThere
    }

    /// Expects at the end of a zip the records of zip64, or that there are none.
    private func expectZip64(at path: String, entryCount: Int, isNeeded: Bool) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let end = try file.seekToEnd()
        try file.seek(toOffset: end > 98 ? end - 98 : 0)
        let data = Array(try #require(try file.readToEnd()))
        let tail = Array([UInt8](repeating: 0, count: 98 - data.count) + data)
        func number(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(tail[offset + $1]) << (8 * $1) } }
        #expect(
            number(76, 4) == 0x0605_4B50 && number(84, 2) == min(entryCount, 0xFFFF) && number(86, 2) == min(entryCount, 0xFFFF))
        #expect((number(56, 4) == 0x0706_4B50) == isNeeded)
        #expect((number(0, 4) == 0x0606_4B50) == isNeeded)
        if isNeeded { #expect(number(24, 8) == entryCount && number(32, 8) == entryCount) }
    }
}

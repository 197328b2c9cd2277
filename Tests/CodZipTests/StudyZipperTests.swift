import CodCore
import CodZip
import Foundation
import TestSupport
import Testing

@Suite("A study's zip")
struct StudyZipperTests {
    @Test("is read by everybody, byte for byte, whatever is in it", arguments: ZipReader.installed)
    func readers(reader: ZipReader) async throws {
        var files = try SavedFiles()
        try files.add([], as: "empty")
        try files.add([7], as: "tiny")
        try files.add(ramp(300_000), as: "shrinks")
        try files.add(noise(200_000), as: "noise", in: "4.6")
        try files.add(ramp(5_000_001), as: "large", in: "4.6")
        try files.add(noise(3_000_001), as: "large-noise", in: "4.6")
        let zip = try await zipped(files)
        let result = try reader.test(zip)
        #expect(result.status == 0, "\(result.text)")
        #expect(try files.unpacked(zip) == files.expected())
    }

    @Test("is the same whatever the concurrency, with a timestamp given", arguments: [1, 2, 5])
    func reproducible(concurrency: Int) async throws {
        var files = try SavedFiles()
        for number in 0..<40 {
            try files.add(number % 3 == 0 ? noise(50_000, seed: UInt64(number)) : ramp(90_000), as: "i\(number)")
        }
        try files.add(ramp(4_000_000), as: "large")
        let one = try Data(contentsOf: URL(filePath: try await zipped(files, concurrency: 3)))
        let other = try Data(contentsOf: URL(filePath: try await zipped(files, concurrency: concurrency)))
        #expect(one == other)
    }

    @Test("is the same whatever the order in which things were saved", arguments: [1, 3])
    func order(concurrency: Int) async throws {
        var (one, other) = (try SavedFiles(), try SavedFiles())
        let all = (0..<30).map {
            (uid: "i\($0)", series: "4.\($0 % 3)", bytes: $0 % 4 == 0 ? noise(30_000, seed: UInt64($0)) : ramp(2000 * $0))
        }
        for file in all { try one.add(file.bytes, as: file.uid, in: file.series) }
        for file in all.reversed() { try other.add(file.bytes, as: file.uid, in: file.series) }
        let zips = try [
            Data(contentsOf: URL(filePath: await zipped(one, concurrency: concurrency))),
            Data(contentsOf: URL(filePath: await zipped(other, concurrency: 2))),
        ]
        #expect(zips[0] == zips[1])
    }

    private func zipped(_ files: SavedFiles, concurrency: Int = 2) async throws -> String {
        var options = ZipOptions()
        options.concurrency = concurrency
        options.timestamp = .earliest
        let folder = files.folder["zips-\(concurrency)"]
        let study = try await StudyZipper(into: folder, options: options).run(files.study, in: StageContext())
        return try #require(study.artifacts.last)
    }
}

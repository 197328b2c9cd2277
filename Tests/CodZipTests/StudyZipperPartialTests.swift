import CodCore
import CodZip
import Foundation
import TestSupport
import Testing

@Suite("A study of which something failed has no zip, unless it may be partial")
struct StudyZipperPartialTests {
    private static func zipper(_ files: SavedFiles, isPartial: Bool) -> StudyZipper {
        var options = ZipOptions()
        options.allowsPartial = isPartial
        return StudyZipper(into: files.folder["zips"], options: options)
    }

    private static func zipped(_ files: SavedFiles, isPartial: Bool = true) async throws -> [String] {
        try await zipper(files, isPartial: isPartial).run(files.study, in: StageContext()).artifacts
    }

    @Test("It is an error of the study that says why, and leaves nothing behind", arguments: [true, false])
    func refused(isSeries: Bool) async throws {
        var files = try SavedFiles()
        try files.add(ramp(1000), as: "1")
        files.fail(isSeries ? nil : "2", in: isSeries ? "4.6" : "4.5", isSeries ? .missingArchive : .checksumMismatch)
        await #expect {
            try await Self.zipped(files, isPartial: false)
        } throws: { error in
            guard let error = error as? CodError else { return false }
            return error.code == .refused && error.reach == .study && error.series == nil
                && error.message.contains("1 of its \(isSeries ? 2 : 1) series failed")
                && error.message.contains(isSeries ? "(missingArchive)" : "(checksumMismatch)")
                && !error.message.contains("earlier run") && error.recovery?.contains("--zip-partial") == true
        }
        #expect(files.folder.names(in: "zips").isEmpty)
    }

    @Test("The zip of an earlier run stays, and is said to be that")
    func earlier() async throws {
        var files = try SavedFiles()
        try files.add(ramp(1000), as: "1")
        let path = try #require(try await Self.zipped(files).first)
        let before = try Data(contentsOf: URL(filePath: path))
        files.fail("2")
        await #expect {
            try await Self.zipped(files, isPartial: false)
        } throws: { "\($0)".contains("\(path) is of an earlier run.") }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("A study of which nothing is saved has none, and is no failure of its own", arguments: [true, false])
    func nothing(isPartial: Bool) async throws {
        var files = try SavedFiles()
        #expect(try await Self.zipped(files, isPartial: isPartial).isEmpty)
        files.fail()
        #expect(try await Self.zipped(files, isPartial: isPartial).isEmpty)
        #expect(!files.folder.exists("zips"))
    }

    @Test("A partial one names what failed, on a line each; it stays while that is so, and a whole one takes its place")
    func partial() async throws {
        var files = try SavedFiles()
        try files.add(ramp(1000), as: "1")
        try files.add(noise(2000), as: "1", in: "4.6")
        let whole = files.study
        files.fail("2")
        files.fail(nil, in: "4.7", .missingArchive)
        let path = try #require(try await Self.zipped(files).first)
        for reader in ZipReader.installed { #expect(try reader.test(path).status == 0) }
        var expected = try files.expected()
        expected["INCOMPLETE.txt"] = Data(
            """
            This zip does not hold all of study 1.2.3.

            Missing, and why:

            4.5/instances/2.dcm: It did not come. At all. [checksumMismatch]
            of series 4.7: It did not come. At all. [missingArchive]

            """.utf8)
        #expect(try files.unpacked(path) == expected)

        let first = try FileStamp(of: path)
        #expect(try await Self.zipped(files) == [path] && FileStamp(of: path) == first)
        files.fail("3")
        #expect(try await Self.zipped(files) == [path] && FileStamp(of: path) != first)
        files.study = whole
        #expect(try await Self.zipped(files) == [path])
        #expect(try files.unpacked(path) == files.expected())
    }

    @Test("A partial one does not take the place of one that holds more")
    func losingNothing() async throws {
        var files = try SavedFiles()
        try files.add(ramp(1000), as: "1")
        try files.add(ramp(2000), as: "2")
        let path = try #require(try await Self.zipped(files).first)
        let before = try FileStamp(of: path)
        var lesser = files
        lesser.study.series[0].instances.removeLast()
        lesser.fail("2")
        await #expect {
            try await Self.zipped(lesser)
        } throws: { "\($0)".contains("\(path) is there already and holds 1 instance that could not be saved now") }
        #expect(try FileStamp(of: path) == before)
    }
}

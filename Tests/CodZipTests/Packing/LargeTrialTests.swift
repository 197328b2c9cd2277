import CodCore
import TestSupport
import Testing

@testable import CodZip

@Suite("What is tried of a large instance")
struct LargeTrialTests {
    @Test("One part that shrinks is enough, at the beginning or in the middle", arguments: [1 << 20, 3 << 20])
    func oneIsEnough(beginningByteCount: Int) async throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        #expect(try await method(of: noise(beginningByteCount) + zeros) == .deflated)
        #expect(try await method(of: Array(zeros.prefix(beginningByteCount)) + noise(8 << 20)) == .deflated)
    }

    @Test("Noise is stored")
    func stored() async throws {
        #expect(try await method(of: noise(3_000_000)) == .stored)
        #expect(try await method(of: noise((1 << 20) + 1)) == .stored)
    }

    private func method(of bytes: [UInt8]) async throws -> ZipEntry.Method {
        var files = try SavedFiles()
        try files.add(bytes, as: "1")
        let study = try await StudyZipper(into: files.folder["zips"]).run(files.study, in: StageContext())
        let zip = try #require(study.artifacts.first)
        #expect(try files.unpacked(zip) == files.expected())
        let file = try OpenFile.reading(at: zip)
        let directory = try ZipDirectory(ofZipWith: file.byteCount()) { try file.readChunk(at: $0, byteCount: $1) }
        return try #require(directory.places.first?.entry.method)
    }
}

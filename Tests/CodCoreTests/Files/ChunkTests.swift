import SystemPackage
import TestSupport
import Testing

@testable import CodCore

@Suite("Chunks in files")
struct ChunkTests {
    let temporary: TemporaryFolder
    let folder: OpenFile

    init() throws {
        temporary = try TemporaryFolder()
        folder = try OpenFile.folder(at: temporary.path)
    }

    private static let content = "The quick brown fox"

    private func bytes(_ chunk: ByteChunk) -> [UInt8] { chunk.withBytes { $0.withUnsafeBytes { Array($0) } } }

    @Test("Any range of a file is read, cut at its end", arguments: [0, 1, 7, 18, 19, 20, 1 << 40], [1, 2, 18, 19, 20, 100_000])
    func reads(_ offset: Int64, _ byteCount: Int) throws {
        try temporary.put(Self.content, at: "file")
        let chunk = try folder.openReading("file").readChunk(at: offset, byteCount: byteCount)
        let all = Array(Self.content.utf8)
        let start = Int(min(offset, Int64(all.count)))
        #expect(bytes(chunk) == Array(all[start..<min(start + byteCount, all.count)]))
    }

    @Test("Reading a chunk does not move where the file stands")
    func keepsPosition() throws {
        try temporary.put(Self.content, at: "file")
        let file = try FileDescriptor.open(temporary["file"], .readOnly)
        defer { try? file.close() }
        _ = try file.readChunk(at: 3, byteCount: 5)
        #expect(try file.seek(offset: 0, from: .current) == 0)
    }

    @Test("Chunks of any size are written one after the other", arguments: [0, 1, 3, 1 << 20])
    func writes(_ byteCount: Int) throws {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
        let file = try folder.create("file")
        try file.writeAll(ByteChunk(bytes))
        try file.writeAll(ByteChunk("end".utf8))
        let read = try folder.openReading("file").readChunk(at: 0, byteCount: byteCount + 100)
        #expect(self.bytes(read) == bytes + Array("end".utf8))
    }

    @Test("A part of a chunk is written as that part")
    func writesPart() throws {
        var chunk = ByteChunk("0123456789".utf8)
        chunk.dropFirst(2)
        let part = chunk.takeFirst(3)
        try folder.create("file").writeAll(#require(part))
        #expect(temporary.text("file") == "234")
    }

    @Test("A folder, and a file open for reading, answer errors")
    func errors() throws {
        try temporary.put("x", at: "file")
        #expect(throws: Errno.isDirectory) { try folder.readChunk(at: 0, byteCount: 1) }
        let file = try folder.openReading("file")
        #expect(throws: Errno.badFileDescriptor) { try file.writeAll(ByteChunk("x".utf8)) }
        #expect(temporary.text("file") == "x")
    }

    #if os(Linux)
        @Test("A full device is told")
        func full() throws {
            let device = try FileDescriptor.open("/dev/full", .writeOnly)
            defer { try? device.close() }
            #expect(throws: Errno.noSpace) { try device.writeAll(ByteChunk("x".utf8)) }
        }
    #endif
}

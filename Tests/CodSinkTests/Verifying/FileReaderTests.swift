import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Reading files for their checksums")
struct FileReaderTests {
    let folder: TemporaryFolder
    let root: OpenFile

    init() throws {
        folder = try TemporaryFolder()
        root = try OpenFile.folder(at: folder.path)
    }

    @Test("Size and crc32c are the file's, one file after the other, around the size of a chunk")
    func sizes() throws {
        var reader = FileReader()
        for byteCount in [3 << 20, 0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 17] {
            let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 13) }
            try Data(bytes).write(to: URL(filePath: folder["file"]))
            var running = RunningCRC32C()
            running.update(ByteChunk(bytes))
            for limit in [Int64(byteCount), .max] {
                var told = 0
                let content = try reader.content(of: "file", in: root, upTo: limit) { told += $0 }
                #expect(content == FileContent(byteCount: Int64(byteCount), checksum: running.checksum))
                #expect(told == byteCount)
            }
        }
    }

    @Test("Of a file that is longer than it should be, one byte more is read", arguments: [0, 1, 5, 1 << 20, (1 << 20) + 3])
    func limit(limit: Int) throws {
        try Data(count: 3 << 20).write(to: URL(filePath: folder["file"]))
        var reader = FileReader()
        #expect(try reader.content(of: "file", in: root, upTo: Int64(limit)).byteCount == Int64(limit) + 1)
    }

    @Test("Links are not followed, and what is not there is an error")
    func links() throws {
        try folder.put("x", at: "file")
        try folder.makeLink("link", to: folder["file"])
        var reader = FileReader()
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try reader.content(of: "link", in: root, upTo: 9) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try reader.content(of: "none", in: root, upTo: 9) }
        #expect(throws: Errno.isDirectory) {
            try FileManager.default.createDirectory(atPath: folder["folder"], withIntermediateDirectories: true)
            _ = try reader.content(of: "folder", in: root, upTo: 9)
        }
    }

    @Test("Cancelled, it ends before the next chunk")
    func cancellation() async throws {
        try Data(count: 3 << 20).write(to: URL(filePath: folder["file"]))
        let root = root
        let task = Task {
            var reader = FileReader()
            var readCount = 0
            #expect(throws: CancellationError.self) {
                try reader.content(of: "file", in: root, upTo: 9 << 20) { count in
                    readCount += count
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            return readCount
        }
        #expect(await task.value == 256 << 10)
    }

    @Test("Elements are shared out among the lanes; the first error ends it")
    func lanes() async throws {
        let numbers = Array(0..<1000)
        for count in [1, 3, 2000] {
            let squares = try await ReadingLanes(count: count).map(numbers) { number, _ in number * number }
            #expect(squares.sorted() == numbers.map { $0 * $0 })
        }
        #expect(try await ReadingLanes(count: 2).map([Int]()) { number, _ in number } == [])
        await #expect(throws: Errno.ioError) {
            try await ReadingLanes(count: 2).map(numbers) { number, _ in if number == 500 { throw Errno.ioError } }
        }
    }
}

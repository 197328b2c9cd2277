import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodZip

@Suite("The file of a journal that many append to")
struct JournalFileTests {
    private func folder() throws -> (scratch: TemporaryFolder, file: OpenFile) {
        let scratch = try TemporaryFolder()
        return (scratch, try OpenFile.folder(at: scratch.path).openWriting("journal"))
    }

    @Test("Every line is there once and whole, behind what was there, each thread's in its order", arguments: [1, 2, 8])
    func concurrent(taskCount: Int) async throws {
        let (scratch, file) = try folder()
        try file.writeAll(Array("first\n".utf8).span.bytes, at: 0)
        let journal = JournalFile(file, byteCount: 6)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<taskCount {
                group.addTask {
                    for number in 0..<500 { try journal.append(Array("\(task) \(number)\n".utf8), isAwaited: number % 7 == 0) }
                }
            }
            try await group.waitForAll()
        }
        // Who writes writes all: nothing waits when all calls have returned.
        let text = try #require(scratch.text("journal"))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first == "first" && lines.count == 1 + 500 * taskCount)
        for task in 0..<taskCount {
            #expect(lines.filter { $0.hasPrefix("\(task) ") } == (0..<500).map { "\(task) \($0)" })
        }
    }

    @Test("A line is in the file when the call returns where nobody else writes", arguments: [false, true])
    func awaited(isAwaited: Bool) throws {
        let (scratch, file) = try folder()
        let journal = JournalFile(file, byteCount: 0)
        try journal.append(Array("one\n".utf8), isAwaited: isAwaited)
        #expect(scratch.text("journal") == "one\n")
    }

    @Test("What could not be written is told to who wrote, and written by the next call")
    func failing() throws {
        let (scratch, file) = try folder()
        try file.writeAll(Array("one\n".utf8).span.bytes, at: 0)
        // It was opened for reading.
        let journal = JournalFile(try OpenFile.folder(at: scratch.path).openReading("journal"), byteCount: 4)
        for _ in 0..<2 { #expect(throws: Errno.badFileDescriptor) { try journal.append(Array("two\n".utf8), isAwaited: false) } }
        #expect(scratch.text("journal") == "one\n")
    }
}

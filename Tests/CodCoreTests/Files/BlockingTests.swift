import Foundation
import TestSupport
import Testing

@testable import CodCore

@Suite("Calls that block run off the threads of tasks")
struct BlockingTests {
    @Test("Results and errors come back")
    func results() async throws {
        #expect(try await offTaskThreads { 7 } == 7)
        await #expect(throws: CodError.self) { try await offTaskThreads { throw CodError(.writeFailed, "No.") } }
    }

    @Test("A lane runs one call at a time, beside those of other lanes, and its calls see that the task was cancelled")
    func lanes() async throws {
        let (one, other) = (BlockingLane(), BlockingLane())
        #expect(try await one.run { 7 } == 7)
        await #expect(throws: CodError.self) { try await one.run { throw CodError(.writeFailed, "No.") } }
        let isCancelled = Flag()
        let first = Task {
            try await one.run {
                // Holds its lane until the task is cancelled.
                while !isCancelled.value {}
                try BlockingCancellation.check()
            }
        }
        #expect(try await other.run { 8 } == 8)
        first.cancel()
        isCancelled.value = true
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await one.run { 9 } == 9)
    }

    @Test("Cancelling the task ends the reading of a file before the next chunk")
    func cancellation() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cod-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(count: 3 << 20).write(to: folder.appending(path: "file"))
        let saved = SavedInstance(instance: .example("a", byteCount: 3 << 20), path: "file", root: folder.path)

        var whole = 0
        try saved.forEachChunk { whole += $0.count }
        #expect(whole == 3 << 20)

        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let isCancelled = Flag()
        let reading = Task {
            try await offTaskThreads {
                var chunkCount = 0
                try saved.forEachChunk { _ in
                    chunkCount += 1
                    continuation.yield()
                    // Holds the first chunk until the task is cancelled.
                    while !isCancelled.value {}
                }
                return chunkCount
            }
        }
        for await _ in begun { break }
        reading.cancel()
        isCancelled.value = true
        await #expect(throws: CancellationError.self) { try await reading.value }
    }
}

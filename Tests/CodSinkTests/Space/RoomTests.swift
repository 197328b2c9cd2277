import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Whether there is room is asked before anything is fetched")
struct RoomTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func sink(_ disk: FileSystemStatus, checksSpace: Bool = true) -> DirectorySink {
        DirectorySink(
            at: folder["out"], isDurable: true, checksSpace: checksSpace, usesUnnamedFiles: true,
            space: { (_) throws(Errno) in disk })
    }

    private func disk(_ freeByteCount: Int64?, files: Int64? = nil, block: Int64 = 4096) -> FileSystemStatus {
        FileSystemStatus(freeByteCount: freeByteCount, blockByteCount: block, freeFileCount: files)
    }

    @Test("Files are counted in the disk's blocks: what fits to the last one is taken, one byte more is not")
    func rounding() async throws {
        try await sink(disk(3 * 4096)).requireRoom(for: [1, 4096, 0, 4095])
        await #expect(throws: CodError.self) { try await sink(disk(3 * 4096)).requireRoom(for: [1, 4097, 4095]) }
        try await sink(disk(3, block: 1)).requireRoom(for: [1, 2])
        // What a network file system likes to transfer at a time says nothing of the room that a file takes.
        try await sink(disk(8192, block: 1 << 20)).requireRoom(for: [1, 1])
    }

    @Test("Too little is refused with both amounts, the folder and the way out; nothing is made")
    func tooLittle() async throws {
        do {
            try await sink(disk(1_200_000_000)).requireRoom(for: [Int64](repeating: 524_288, count: 100_000))
            Issue.record("It was taken.")
        } catch let error as CodError {
            #expect(error.code == .outputUnusable && error.reach == .job)
            for word in ["1.2 GB", "52 GB", "100000 instances", folder["out"]] {
                #expect(error.message.contains(word), "\(error)")
            }
            #expect(error.recovery?.contains("--no-space-check") == true)
        }
        #expect(folder.everything == [])
    }

    @Test("Too few files left are refused too")
    func tooFewFiles() async throws {
        try await sink(disk(.max, files: 2)).requireRoom(for: [1, 1])
        await #expect(throws: CodError.self) { try await sink(disk(.max, files: 2)).requireRoom(for: [1, 1, 1]) }
    }

    @Test("A disk that does not tell, and one that need not be asked, are taken; so is a run with nothing to save")
    func notRefused() async throws {
        try await sink(disk(nil)).requireRoom(for: [.max, .max])
        try await sink(disk(0), checksSpace: false).requireRoom(for: [1])
        try await sink(disk(0)).requireRoom(for: [])
        let failing = DirectorySink(
            at: folder["out"], isDurable: true, usesUnnamedFiles: true, space: { (_) throws(Errno) in throw .notSupported })
        try await failing.requireRoom(for: [1])
    }

    @Test("Sizes beyond counting do not overflow", arguments: [[Int64.max], [.max, .max], [.max - 1, 1, 4096]])
    func overflow(_ sizes: [Int64]) async {
        await #expect(throws: CodError.self) { try await sink(disk(.max - 1)).requireRoom(for: sizes) }
    }

    @Test("The disk of the folder that is to be made is the one of the nearest folder that is there")
    func nearestFolder() async throws {
        let sink = DirectorySink(at: folder["a/b/c"])
        try await sink.requireRoom(for: [1])
        await #expect(throws: CodError.self) { try await sink.requireRoom(for: [1 << 60]) }
        #expect(folder.everything == [])
        try await DirectorySink(at: "not-there/either").requireRoom(for: [1])
        try await DirectorySink(at: ".").requireRoom(for: [1])
        try await DirectorySink(at: "/not-there/either").requireRoom(for: [])
    }

    @Test("A file in the way is told, also when there is nothing to save")
    func fileInTheWay() async throws {
        try folder.put("mine", at: "file")
        for path in [folder["file"], folder["file/below"]] {
            do {
                try await DirectorySink(at: path, checksSpace: false).requireRoom(for: [])
                Issue.record("\(path) was taken.")
            } catch let error as CodError {
                #expect(error.code == .outputUnusable && error.reach == .job && error.message.contains(path))
                #expect(error.recovery != nil)
            }
        }
    }

    @Test(
        "A real disk that is too small is known for it, and a read-only one", .enabled(if: isPermitted), arguments: [true, false])
    func realDisk(_ isReadOnly: Bool) async throws {
        #if os(Linux)
            let mount = try #require(Mount(at: folder.path, "size=1m", isReadOnly: isReadOnly))
            let sink = DirectorySink(at: folder["out"])
            if !isReadOnly { try await sink.requireRoom(for: [400_000]) }
            do {
                try await sink.requireRoom(for: [600_000, 600_000])
                Issue.record("It was taken.")
            } catch let error as CodError {
                #expect(error.message.contains(isReadOnly ? "Read-only" : "1.2 MB"), "\(error)")
            }
            mount.end()
        #endif
    }

    private static let isPermitted: Bool = {
        #if os(Linux)
            Mount.isPermitted
        #else
            false
        #endif
    }()
}

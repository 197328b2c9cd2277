import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodSink

#if canImport(Glibc)
    import Glibc
#endif

@Suite("An output folder that cannot be used, and links planted in it")
struct HostileOutputTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func expectUnusable(_ path: String, naming named: String? = nil) async {
        let sink = DirectorySink(at: path)
        do {
            try await sink.prepare(for: RetrievalPlan(studies: []))
            Issue.record("\(path) was taken")
        } catch {
            let error = error as? CodError
            #expect(error?.code == .outputUnusable)
            #expect(error?.reach == .job)
            #expect(error?.message.contains(named ?? path) == true)
            #expect(error?.recovery != nil)
        }
        await #expect(throws: Never.self) { try await sink.close() }
    }

    @Test("A file in the way of the folder, or of one above it, is told before anything is fetched")
    func fileInTheWay() async throws {
        try folder.put("mine", at: "file")
        await expectUnusable(folder["file"])
        await expectUnusable(folder["file/below/it"])
        #expect(folder.text("file") == "mine")
    }

    @Test("A link that leads nowhere is told")
    func danglingLink() async throws {
        try folder.makeLink("link", to: folder["nowhere/at/all"])
        await expectUnusable(folder["link"])
    }

    @Test("Something in the way of the tool's own folders, or of the log, is told")
    func ownFolderInTheWay() async throws {
        try folder.put("mine", at: "a/.cod")
        await expectUnusable(folder["a"], naming: "a/.cod")
        try folder.put("mine", at: "b/.cod/partial")
        await expectUnusable(folder["b"], naming: "b/.cod")
        try folder.makeFolder("c/log.json")
        await expectUnusable(folder["c"], naming: "c/log.json")
        #expect(folder.names(in: "c/.cod/partial") == [])
        try folder.makeFolder("d/.cod/lock")
        await expectUnusable(folder["d"], naming: "d/.cod")
    }

    @Test("A planted link in place of .cod is not followed")
    func linkAsOwnFolder() async throws {
        try folder.makeFolder("elsewhere")
        try folder.makeFolder("out")
        try folder.makeLink("out/.cod", to: folder["elsewhere"])
        await expectUnusable(folder["out"], naming: "out/.cod")
        #expect(folder.names(in: "elsewhere") == [])
    }

    @Test("A folder that the user reaches over a link of their own is used")
    func linkToOutput() async throws {
        try folder.makeFolder("disk")
        try folder.makeLink("out", to: folder["disk"])
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        #expect(folder.text("disk/1.2.3/4.5.6/instances/7.dcm") == "0123456789")
    }

    @Test("The folder is made with those above it")
    func makesParents() async throws {
        try await DirectorySink(at: folder["a/b/c/"]).runSaving("0123456789", as: "7")
        #expect(folder.text("a/b/c/1.2.3/4.5.6/instances/7.dcm") == "0123456789")
    }

    @Test(
        "Planted links as study, series and instances lead nowhere", arguments: ["1.2.3", "1.2.3/4.5.6", "1.2.3/4.5.6/instances"])
    func linksAsFolders(_ place: String) async throws {
        try folder.makeFolder("elsewhere/4.5.6/instances")
        try folder.makeFolder("elsewhere/instances")
        let before = folder.everything.filter { $0.hasPrefix("elsewhere") }
        try folder.makeFolder("out/" + place)
        try FileManager.default.removeItem(atPath: folder["out/" + place])
        try folder.makeLink("out/" + place, to: folder["elsewhere"])
        let sink = DirectorySink(at: folder["out"])
        let result = try await sink.runSaving("0123456789", as: "7")
        #expect(result.instances.isEmpty)
        #expect(result.failures.map(\.code) == [.writeFailed])
        #expect(result.failures.first?.message.contains("out/1.2.3/4.5.6/instances/7.dcm") == true)
        #expect(result.failures.first?.recovery != nil)
        #expect(folder.everything.filter { $0.hasPrefix("elsewhere") } == before)
        #expect(try loggedEntries(folder.text("out/log.json")) == [])
    }

    @Test("A planted link under an instance's name is replaced, and what it led to is untouched", arguments: [true, false])
    func linkAsInstance(_ usesUnnamedFiles: Bool) async throws {
        try folder.put("precious", at: "target")
        try folder.makeFolder("out/1.2.3/4.5.6/instances")
        try folder.makeLink("out/1.2.3/4.5.6/instances/7.dcm", to: folder["target"])
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        #expect(try await sink.inventory(of: plan([planned("7", 8)])).isEmpty)
        let result = try await sink.runSaving("0123456789", as: "7")
        #expect(result.failures.isEmpty)
        #expect(folder.text("target") == "precious")
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == "0123456789")
        let type = try FileManager.default.attributesOfItem(atPath: folder["out/1.2.3/4.5.6/instances/7.dcm"])[.type]
        #expect(type as? FileAttributeType == .typeRegular)
    }

    @Test("A folder in place of an instance fails that instance alone", arguments: [true, false])
    func folderAsInstance(_ usesUnnamedFiles: Bool) async throws {
        try folder.put("x", at: "out/1.2.3/4.5.6/instances/7.dcm/inside")
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let result = try await sink.feed(events("0123456789", of: instance()) + events("abc", of: instance("8", 3)))
        try await sink.close()
        #expect(result.failures.map(\.code) == [.writeFailed])
        #expect(result.failures.first?.recovery != nil)
        #expect(result.instances.map(\.instance.uid) == ["8"])
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm/inside") == "x")
        #expect(folder.everything.filter { $0.contains("partial") } == [])
    }

    @Test("Planted links below .cod are not followed either")
    func linksAsRecords() async throws {
        try folder.makeFolder("elsewhere")
        try folder.makeFolder("out/.cod")
        try folder.makeLink("out/.cod/records", to: folder["elsewhere"])
        let result = try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        #expect(folder.names(in: "elsewhere") == [])
        #expect(result.instances.count == 1)
        #expect(result.failures.map(\.code) == [.writeFailed])
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/7"])
    }

    @Test("A pipe in place of the log does not hold the run up")
    func pipeAsLog() async throws {
        try folder.makeFolder("out")
        #expect(mkfifo(folder["out/log.json"], 0o600) == 0)
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/7"])
    }

    #if os(Linux)
        @Test("A file system that takes no files is told")
        func proc() async {
            await expectUnusable("/proc/cod-output")
            await expectUnusable("/proc")
        }

        @Test("A read-only file system is told", .enabled(if: Mount.isPermitted))
        func readOnly() async throws {
            let mount = try #require(Mount(at: folder.path, "size=1m", isReadOnly: true))
            await expectUnusable(folder["out"])
            await expectUnusable(folder.path)
            mount.end()
        }

        @Test("A disk that is full before the start is told", .enabled(if: Mount.isPermitted))
        func fullFromTheStart() async throws {
            let mount = try #require(Mount(at: folder.path, "size=64k"))
            #expect(throws: (any Error).self) { try folder.put(String(repeating: "x", count: 1 << 20), at: "filler") }
            await expectUnusable(folder["out"])
            mount.end()
        }

        @Test(
            "A disk that fills up stops the job; what is saved stays, is listed, and no half file is left",
            .enabled(if: Mount.isPermitted), arguments: [true, false])
        func diskFull(_ usesUnnamedFiles: Bool) async throws {
            let mount = try #require(Mount(at: folder.path, "size=256k"))
            let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
            try await sink.prepare(for: RetrievalPlan(studies: []))
            let large = String(repeating: "0123456789", count: 100_000)
            let result = try await sink.feed(
                events("abc", of: instance("small", 3)) + events(large, of: instance("large", 1_000_000), chunkByteCount: 1 << 16)
                    + events("abc", of: instance("after", 3)))
            try await sink.close()
            #expect(result.instances.map(\.instance.uid) == ["small"])
            let failure = try #require(result.failures.first)
            #expect(failure.code == .writeFailed)
            #expect(failure.reach == .job)
            #expect(failure.message.contains("large.dcm"))
            #expect(failure.recovery != nil)
            #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["small.dcm"])
            #expect(folder.everything.filter { $0.contains("partial") } == [])
            #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/small"])
            mount.end()
        }

        @Test(
            "Where .cod/partial is on another file system, the old file stays and the failure is told",
            .enabled(if: Mount.isPermitted))
        func otherFileSystem() async throws {
            try folder.makeFolder("out/1.2.3")
            let mount = try #require(Mount(at: folder["out/1.2.3"], "size=256k"))
            try folder.put("old", at: "out/1.2.3/4.5.6/instances/7.dcm")
            let sink = DirectorySink(at: folder["out"])
            let result = try await sink.feed(events("0123456789", of: instance()) + events("abc", of: instance("8", 3)))
            try await sink.close()
            #expect(result.failures.map(\.code) == [.writeFailed])
            #expect(result.instances.map(\.instance.uid) == ["8"])
            #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == "old")
            mount.end()
        }
    #endif
}

#if os(Linux)
    /// A small file system in memory, for those who may mount one.
    final class Mount {
        /// Whether this process may.
        static let isPermitted: Bool = {
            guard let folder = try? TemporaryFolder(), let mount = Mount(at: folder.path, "size=64k") else { return false }
            mount.end()
            return true
        }()

        private let path: String
        private var isMounted: Bool

        init?(at path: String, _ options: String, isReadOnly: Bool = false) {
            self.path = path
            isMounted = mount("none", path, "tmpfs", isReadOnly ? UInt(MS_RDONLY) : 0, options) == 0
            if !isMounted { return nil }
        }

        deinit { end() }

        func end() {
            if isMounted { umount2(path, Int32(MNT_DETACH)) }
            isMounted = false
        }
    }
#endif

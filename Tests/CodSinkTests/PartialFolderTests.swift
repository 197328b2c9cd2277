import CodCore
import TestSupport
import Testing

@testable import CodSink

@Suite("Partial files of processes that are dead and alive")
struct PartialFolderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("What dead processes left is gone after the next run's start")
    func dead() async throws {
        try folder.put("", at: "out/.cod/partial/dead/lock")
        try folder.put("half", at: "out/.cod/partial/dead/1.partial")
        try folder.put("half", at: "out/.cod/partial/older/1.partial")
        try folder.put("half", at: "out/.cod/partial/stray")
        let sink = DirectorySink(at: folder["out"])
        try await sink.prepare(for: RetrievalPlan(studies: []))
        #expect(folder.names(in: "out/.cod/partial").count == 1)
        try await sink.close()
        #expect(folder.names(in: "out/.cod") == ["lock"])
    }

    @Test("What a living process is writing stays")
    func alive() async throws {
        try folder.put("", at: "out/.cod/partial/alive/lock")
        try folder.put("half", at: "out/.cod/partial/alive/1.partial")
        let lock = try OpenFile.folder(at: folder["out/.cod/partial/alive"]).openAppending("lock")
        #expect(try lock.lock(waiting: false))
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        withExtendedLifetime(lock) {
            #expect(folder.text("out/.cod/partial/alive/1.partial") == "half")
            #expect(folder.names(in: "out/.cod/partial") == ["alive"])
        }
    }

    @Test("A planted link among the partial folders is removed, and what it leads to stays")
    func link() async throws {
        try folder.put("precious", at: "elsewhere/1.partial")
        try folder.put("precious", at: "elsewhere/lock")
        try folder.makeFolder("out/.cod/partial")
        try folder.makeLink("out/.cod/partial/link", to: folder["elsewhere"])
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        #expect(folder.names(in: "elsewhere") == ["1.partial", "lock"])
        #expect(folder.names(in: "out/.cod") == ["lock", "records"])
    }

    @Test("A run that was killed leaves nothing under a final name, and the next run cleans up", arguments: [true, false])
    func killed(_ usesUnnamedFiles: Bool) async throws {
        do {
            let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
            let session = try sink.session()
            let instances = try session.root.makingSeriesFolder(of: series)
            let file = try InstanceFile(for: instances.folder, partial: session.partial)
            try file.write(ByteChunk("half".utf8))
            // What the process holds is closed by the system; nobody calls close().
            withExtendedLifetime(file) { #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == []) }
        }
        #expect(folder.names(in: "out/.cod/partial").count == 1)
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        #expect(folder.names(in: "out/.cod") == ["lock", "records"])
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["7.dcm"])
    }

    @Test("The cache of open folders keeps to its bound, and lets go of the least recently used")
    func cache() throws {
        let open = SeriesFolder(try OpenFile.folder(at: folder.path), study: "1", series: "2")
        var cache = FolderCache()
        func series(_ number: Int) -> SeriesID { SeriesID(study: "s", series: "\(number)") }
        for number in 0..<FolderCache.capacity { cache.insert(open, of: series(number)) }
        #expect(cache.folder(of: series(0)) != nil)
        cache.insert(open, of: series(-1))
        #expect(cache.count == FolderCache.capacity)
        #expect(cache.folder(of: series(0)) != nil)
        #expect(cache.folder(of: series(1)) == nil)
        #expect(cache.remove(series(0)) != nil)
        #expect(cache.folder(of: series(0)) == nil)
    }
}

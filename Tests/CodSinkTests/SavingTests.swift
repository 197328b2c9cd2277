import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Saving into a folder")
struct SavingTests {
    let folder: TemporaryFolder
    let sink: DirectorySink

    init() throws {
        folder = try TemporaryFolder()
        sink = DirectorySink(at: folder["out"])
    }

    @Test("An instance stands at study/series/instances/uid.dcm, below the output folder as it was given")
    func layout() async throws {
        let result = try await sink.runSaving("0123456789", as: "7")
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == "0123456789")
        let saved = try #require(result.instances.first)
        #expect(saved.path == "1.2.3/4.5.6/instances/7.dcm")
        #expect(saved.root == folder["out"])
        #expect(saved.checksum == checksum(of: "0123456789"))
        #expect(!saved.isEarlier)
    }

    @Test("An empty path is the folder that the process stands in")
    func emptyPath() {
        #expect(DirectorySink(at: "").path == ".")
    }

    @Test("After a run nothing is left but instances, log, records and a lock", arguments: [true, false])
    func nothingLeft(_ usesUnnamedFiles: Bool) async throws {
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        try await sink.runSaving("0123456789", as: "7")
        #expect(
            folder.everything == [
                "out", "out/.cod", "out/.cod/lock", "out/.cod/records", "out/.cod/records/1.2.3",
                "out/.cod/records/1.2.3/4.5.6.txt", "out/1.2.3", "out/1.2.3/4.5.6", "out/1.2.3/4.5.6/instances",
                "out/1.2.3/4.5.6/instances/7.dcm", "out/log.json",
            ])
    }

    @Test("Nothing stands under the final name before the last byte and the checks above have passed", arguments: [true, false])
    func publishesLast(_ usesUnnamedFiles: Bool) async throws {
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let events = events("0123456789", of: instance())
        let folder = folder
        try await sink.feed(events) { position in
            if position < events.count { #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == []) }
            if position == events.count { #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["7.dcm"]) }
        }
        try await sink.close()
    }

    @Test("Unfinished files are in .cod and their names say so")
    func partialNames() async throws {
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: false)
        let folder = folder
        try await sink.feed(events("0123456789", of: instance())) { position in
            guard position == 2 else { return }
            let own = try #require(folder.names(in: "out/.cod/partial").first)
            #expect(folder.names(in: "out/.cod/partial/\(own)") == ["1.partial", "lock"])
        }
        try await sink.close()
    }

    @Test(
        "Too many and too few bytes are refused, named in bytes, and the next instance is saved", arguments: [9, 11, 0, 4, 1000],
        [true, false])
    func wrongSize(_ announced: Int, usesUnnamedFiles: Bool) async throws {
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let result = try await sink.feed(
            events("0123456789", of: instance("7", announced)) + events("abc", of: instance("8", 3)))
        try await sink.close()
        #expect(result.instances.map(\.instance.uid) == ["8"])
        #expect(result.failures.map(\.code) == [.sizeMismatch])
        #expect(result.failures.first?.message.contains("\(announced) bytes") == true)
        #expect(result.failures.first?.instance == "7")
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["8.dcm"])
        #expect(folder.everything.filter { $0.contains("partial") } == [])
    }

    @Test("An older file of another size is replaced; another link to the old file keeps what it had", arguments: [true, false])
    func replaces(_ usesUnnamedFiles: Bool) async throws {
        try folder.put("old", at: "out/1.2.3/4.5.6/instances/7.dcm")
        try FileManager.default.linkItem(atPath: folder["out/1.2.3/4.5.6/instances/7.dcm"], toPath: folder["other"])
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let result = try await sink.runSaving("0123456789", as: "7")
        #expect(result.failures.isEmpty)
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == "0123456789")
        #expect(folder.text("other") == "old")
        #expect(folder.everything.filter { $0.contains("partial") } == [])
    }

    @Test("An older file stays as it is when the new one fails", arguments: [true, false])
    func keepsOlder(_ usesUnnamedFiles: Bool) async throws {
        try folder.put("old", at: "out/1.2.3/4.5.6/instances/7.dcm")
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let failed = events("0123456789", of: instance()).dropLast() + [.failed(CodError(.checksumMismatch, "No."))]
        let result = try await sink.feed(Array(failed))
        try await sink.close()
        #expect(result.instances.isEmpty)
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == "old")
    }

    @Test("A series of which nothing was saved leaves no empty folders")
    func noEmptyFolders() async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.feed([.begin(instance()), .failed(CodError(.checksumMismatch, "No."))])
        try await sink.close()
        #expect(folder.names(in: "out") == [".cod", "log.json"])
    }

    @Test("A series folder that is taken away while it is empty is made again", arguments: [true, false])
    func folderTakenAway(_ usesUnnamedFiles: Bool) async throws {
        let sink = DirectorySink(at: folder["out"], isDurable: true, usesUnnamedFiles: usesUnnamedFiles)
        let folder = folder
        let result = try await sink.feed(events("0123456789", of: instance()) + events("abc", of: instance("8", 3))) { position in
            if position == 2 { try FileManager.default.removeItem(atPath: folder["out/1.2.3"]) }
        }
        try await sink.close()
        #expect(result.failures.isEmpty)
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["7.dcm", "8.dcm"])
    }

    @Test(
        "Names that lead elsewhere are refused, whoever let them through",
        arguments: ["..", ".", "", "a/b", "../x", ".cod", "log.json", "a\0b", "ä", String(repeating: "1", count: 129)])
    func hostileNames(_ name: String) async throws {
        for instance in [
            instance(name), instance(of: SeriesID(study: name, series: "s")), instance(of: SeriesID(study: "s", series: name)),
        ] {
            let result = try await sink.feed(events("0123456789", of: instance))
            #expect(result.failures.map(\.code) == [.invalidIdentifier])
            #expect(result.instances.isEmpty)
        }
        try await sink.close()
        #expect(folder.names(in: "") == ["out"])
        #expect(folder.names(in: "out") == [".cod", "log.json"])
    }

    @Test("Portions of more series than folders are kept open are saved side by side")
    func manySeries() async throws {
        let count = FolderCache.capacity + 10
        let sink = sink
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    let series = SeriesID(study: "s", series: "\(number)")
                    let result = try await sink.feed(
                        events("abc", of: instance("1", 3, of: series)) + events("de", of: instance("2", 2, of: series)),
                        of: series)
                    #expect(result.failures.isEmpty)
                }
            }
            try await group.waitForAll()
        }
        try await sink.close()
        #expect(folder.names(in: "out/s").count == count)
        for number in 0..<count { #expect(folder.names(in: "out/s/\(number)/instances") == ["1.dcm", "2.dcm"]) }
    }

    @Test("One value serves several runs, also where the folder went away in between")
    func severalRuns() async throws {
        try await sink.runSaving("a", as: "1")
        try await sink.runSaving("b", as: "2")
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["1.dcm", "2.dcm"])
        try FileManager.default.removeItem(atPath: folder["out"])
        try await sink.runSaving("c", as: "3")
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["3.dcm"])
        #expect(folder.text("out/log.json") == "{\"logs\": [\n\"1.2.3/4.5.6/3\"\n]}\n")
    }

    @Test("Two sinks at once on one folder save all of both, and list it")
    func twoSinks() async throws {
        let (one, two) = (DirectorySink(at: folder["out"]), DirectorySink(at: folder["out"]))
        try await one.prepare(for: RetrievalPlan(studies: []))
        try await two.prepare(for: RetrievalPlan(studies: []))
        #expect(folder.names(in: "out/.cod/partial").count == 2)
        async let ones = one.feed((0..<50).flatMap { events("one", of: instance("one-\($0)", 3), chunkByteCount: 1) })
        async let twos = two.feed((0..<50).flatMap { events("two", of: instance("two-\($0)", 3), chunkByteCount: 1) })
        #expect(try await ones.failures.isEmpty)
        #expect(try await twos.failures.isEmpty)
        try await one.close()
        #expect(folder.names(in: "out/.cod/partial").count == 1)
        try await two.close()
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances").count == 100)
        #expect(try loggedEntries(folder.text("out/log.json")).count == 100)
        #expect(folder.names(in: "out/.cod") == ["lock", "records"])
    }

    @Test("The same instance saved by two at once stands there whole")
    func sameInstanceTwice() async throws {
        let (one, two) = (DirectorySink(at: folder["out"]), DirectorySink(at: folder["out"]))
        let text = String(repeating: "0123456789", count: 1000)
        async let ones = one.feed(events(text, of: instance("7", 10_000), chunkByteCount: 10))
        async let twos = two.feed(events(text, of: instance("7", 10_000), chunkByteCount: 13))
        #expect(try await ones.instances.count == 1)
        #expect(try await twos.instances.count == 1)
        try await one.close()
        try await two.close()
        #expect(folder.text("out/1.2.3/4.5.6/instances/7.dcm") == text)
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/7"])
    }

    @Test("A portion that ends does not close the folder that another one of its series is using")
    func portionsOfOneSeries() async throws {
        let sink = sink
        let late = events("0123456789", of: instance("late"))
        let early = events("abc", of: instance("early", 3))
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        async let first = sink.feed(late) { if $0 == 2 { start.finish() } }
        for await _ in started {}
        #expect(try await sink.feed(early).instances.count == 1)
        end.finish()
        for await _ in ended {}
        #expect(try await first.instances.count == 1)
        try await sink.close()
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["early.dcm", "late.dcm"])
    }
}

/// The entries of a log.
func loggedEntries(_ text: String?) throws -> [String] {
    struct Log: Decodable { let logs: [String] }
    return try JSONDecoder().decode(Log.self, from: Data(try #require(text).utf8)).logs
}

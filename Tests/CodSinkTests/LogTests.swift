import CodCore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CodSink

@Suite("log.json after a run")
struct LogTests {
    let folder: TemporaryFolder
    let sink: DirectorySink
    private let notices = Notices()

    init() throws {
        folder = try TemporaryFolder()
        let notices = notices
        sink = DirectorySink(
            at: folder["out"], logger: Logger(label: "test") { _ in NoticeHandler(notices: notices) })
    }

    private func put(_ log: String) throws { try folder.put(log, at: "out/log.json") }

    private func entries() throws -> [String] { try loggedEntries(folder.text("out/log.json")) }

    @Test("A run that saved nothing makes an empty one")
    func empty() async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.close()
        #expect(folder.text("out/log.json") == "{\"logs\": []}\n")
        #expect(notices.all == [])
    }

    @Test("It lists what was saved and what was found, sorted as texts, each once")
    func complete() async throws {
        let other = SeriesID(study: "1.2", series: "4")
        try folder.put("0123456789", at: "out/1.2.3/4.5.6/instances/found.dcm")
        try put(#"{"logs": ["1.2.3/4.5.6/found", "1.2.3/4.5.6/found", "1.2/4/saved"]}"#)
        #expect(try await sink.inventory(of: plan([planned("found", 10), planned("7", 10)])).count == 1)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.feed(events("0123456789", of: instance("7")))
        try await sink.feed(events("abc", of: instance("saved", 3, of: other)), of: other)
        try await sink.close()
        #expect(try entries() == ["1.2.3/4.5.6/7", "1.2.3/4.5.6/found", "1.2/4/saved"])
        #expect(try entries() == entries().sorted())
        #expect(notices.all == [])
    }

    @Test("Entries of other studies stay while their files are there")
    func otherStudies() async throws {
        try folder.put("x", at: "out/9/8/instances/7.dcm")
        try put(#"{"logs": ["9/8/7", "9/8/gone", "9/none/1", "none/1/1"]}"#)
        try await sink.runSaving("0123456789", as: "7")
        #expect(try entries() == ["1.2.3/4.5.6/7", "9/8/7"])
    }

    @Test("Entries of series that a later cod-retrieve saved as archives stay as they are, in order")
    func archives() async throws {
        try put(#"{"logs": ["9/8", "1.2.3/4.5.6", "9/8"]}"#)
        try await sink.runSaving("0123456789", as: "7")
        #expect(try entries() == ["1.2.3/4.5.6", "1.2.3/4.5.6/7", "9/8"])
    }

    @Test("A log that lies about what this run looked for is put right")
    func lies() async throws {
        try put(#"{"logs": ["1.2.3/4.5.6/7", "1.2.3/4.5.6/8", "1.2.3/4.5.6/short"]}"#)
        try folder.put("short", at: "out/1.2.3/4.5.6/instances/short.dcm")
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let held = try await sink.inventory(of: plan([planned("7", 10), planned("8", 10), planned("short", 10)]))
        #expect(held.isEmpty)
        try await sink.feed(events("0123456789", of: instance("7")))
        try await sink.close()
        #expect(try entries() == ["1.2.3/4.5.6/7"])
    }

    @Test("What another process saved and listed in the meantime stays, also when this run missed it")
    func meantime() async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        #expect(try await sink.inventory(of: plan([planned("7", 10), planned("8", 10)])).isEmpty)
        try await DirectorySink(at: folder["out"]).runSaving("0123456789", as: "7")
        try await sink.feed([.begin(instance("7")), .failed(CodError(.checksumMismatch, "No."))])
        try await sink.close()
        #expect(try entries() == ["1.2.3/4.5.6/7"])
    }

    @Test("Runs that end at the same time lose none of each other's entries")
    func sideBySide() async throws {
        let path = folder["out"]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await DirectorySink(at: path, isDurable: false).runSaving("0123456789", as: "\(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try entries() == (0..<40).map { "1.2.3/4.5.6/\($0)" }.sorted())
        #expect(folder.names(in: "out/.cod") == ["lock", "records"])
    }

    @Test("Path tricks are dropped, and nothing outside is touched")
    func tricks() async throws {
        try folder.put("x", at: "secret/instances/7.dcm")
        try put(#"{"logs": ["../secret/7", "..", "../../x", "/etc/passwd", "a/b/../../c", "9/8/7.dcm/.."]}"#)
        try await sink.runSaving("0123456789", as: "7")
        #expect(try entries() == ["1.2.3/4.5.6/7"])
    }

    @Test(
        "What is no log is no error: the user is told, and it is set aside",
        arguments: ["{}", "garbage", "[]", #"{"logs": 7}"#, #"{"logs": {"a": "b"}}"#, #"{"logs": ["9/8/7", "#, "\0\0\0"])
    func broken(_ log: String) async throws {
        try put(log)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains(folder["out/log.json"]) == true)
        #expect(folder.text("out/log.json") == log)
        try await sink.feed(events("0123456789", of: instance("7")))
        try await sink.close()
        #expect(try entries() == ["1.2.3/4.5.6/7"])
        #expect(folder.text("out/.cod/log.unreadable.json") == log)
        #expect(notices.all.count == 2)
        #expect(notices.all.last?.contains("log.unreadable.json") == true)
    }

    @Test("An empty one is told and replaced")
    func emptyFile() async throws {
        try put("")
        try await sink.runSaving("0123456789", as: "7")
        #expect(try entries() == ["1.2.3/4.5.6/7"])
        #expect(notices.all.count == 1)
        #expect(!folder.exists("out/.cod/log.unreadable.json"))
    }

    @Test("What was torn off is used as far as it goes")
    func tornOff() async throws {
        try folder.put("x", at: "out/9/8/instances/7.dcm")
        try put(#"{"logs": ["9/8/7", "9/8/6"#)
        try await sink.runSaving("0123456789", as: "7")
        #expect(try entries() == ["1.2.3/4.5.6/7", "9/8/7"])
    }

    @Test("A link in its place is not followed")
    func link() async throws {
        try folder.put("precious", at: "target")
        try folder.makeFolder("out")
        try folder.makeLink("out/log.json", to: folder["target"])
        try await sink.runSaving("0123456789", as: "7")
        #expect(folder.text("target") == "precious")
        #expect(try entries() == ["1.2.3/4.5.6/7"])
        #expect(notices.all.count == 2)
    }

    @Test("One that is larger than the bound is read up to it")
    func huge() async throws {
        let log = "{\"logs\": [\"9/8/7\", \"\(String(repeating: "x", count: 100_000))\", \"9/8/6\"]}"
        try put(log)
        let file = LogFile(session: try sink.session(), path: folder["out"], maximumByteCount: 80_000)
        var found: [LogEntry] = []
        let notice = try file.read { found.append($0) }
        #expect(found == [.instance("7", of: SeriesID(study: "9", series: "8"))])
        #expect(notice?.contains("larger than 80000 bytes") == true)
        try await sink.close()
    }

    @Test("Many entries go through it and come out sorted, in pieces of bounded size")
    func many() throws {
        var log = SavedLog()
        for number in 0..<20_000 {
            log.insert(.instance("\(number)", of: SeriesID(study: "\(number % 7)", series: "\(number % 11)")))
        }
        var text = ""
        var largest = 0
        try log.forEachPiece { piece in
            largest = max(largest, piece.count)
            piece.withBytes { text += String(decoding: $0.withUnsafeBytes { Array($0) }, as: UTF8.self) }
        }
        let entries = try loggedEntries(text)
        #expect(entries.count == 20_000)
        #expect(entries == entries.sorted())
        #expect(largest < 70_000)
    }

    @Test("Studies and series whose names begin alike come in the order of the whole texts")
    func order() throws {
        var log = SavedLog()
        let texts = ["1/2/3", "1/2.5/3", "1/2-5/3", "1.5/2/3", "1-5/2/3", "1/2", "1/2.5", "1/2/3.5", "1/2/3-5", "1/25/1"]
        for text in texts { log.insert(try #require(LogEntry(text))) }
        var written = ""
        try log.forEachPiece { $0.withBytes { written += String(decoding: $0.withUnsafeBytes { Array($0) }, as: UTF8.self) } }
        #expect(try loggedEntries(written) == texts.sorted())
    }

    @Test("A run that was only asked what is there writes none")
    func inventoryOnly() async throws {
        try folder.makeFolder("out")
        _ = try await sink.inventory(of: plan([planned("7", 10)]))
        try await sink.close()
        #expect(folder.names(in: "out") == [])
    }

    @Test("What one run knew is forgotten in the next")
    func forgets() async throws {
        try await sink.runSaving("0123456789", as: "7")
        try FileManager.default.removeItem(atPath: folder["out/1.2.3/4.5.6/instances/7.dcm"])
        try await sink.runSaving("abc", as: "8")
        #expect(try entries() == ["1.2.3/4.5.6/8"])
    }
}

/// The notices that were logged.
private final class Notices: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

private struct NoticeHandler: LogHandler {
    let notices: Notices
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(notices: Notices) { self.notices = notices }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { notices.add(event.message.description) }
}

import Testing

@testable import CodCore

@Suite("A mailbox holds events for one listener")
struct EventMailboxTests {
    static func progress(_ url: String, _ downloaded: Int64, of received: Int64) -> RetrievalEvent {
        .progress(Progress(url: url, bytesDownloaded: downloaded, bytesReceived: received, bytesTotal: 100))
    }

    static func save(_ url: String) -> RetrievalEvent {
        .save(Save(url: url, file: SavedFile(name: "a.dcm", path: "a.dcm", size: 1, crc32c: nil)))
    }

    /// All events of a mailbox that is closed, in short.
    static func drain(_ mailbox: EventMailbox) async -> [String] {
        var all: [String] = []
        for await event in EventSequence(mailbox: mailbox) {
            if case .progress(let fields) = event {
                all.append("\(fields.url)+\(fields.bytesDownloaded)=\(fields.bytesReceived)")
            } else {
                all.append(event.name)
            }
        }
        return all
    }

    @Test("Progress that waits is merged into one, and its bytes add up")
    func merges() async {
        let mailbox = EventMailbox()
        mailbox.send(Self.progress("a", 10, of: 10))
        mailbox.send(Self.progress("b", 5, of: 5))
        mailbox.send(Self.progress("a", 7, of: 17))
        mailbox.send(Self.progress("a", 3, of: 20))
        mailbox.close()
        #expect(await Self.drain(mailbox) == ["a+20=20", "b+5=5"])
    }

    @Test("Progress that was read is not merged with what follows")
    func startsAnew() async {
        let mailbox = EventMailbox()
        mailbox.send(Self.progress("a", 10, of: 10))
        _ = await mailbox.next()
        mailbox.send(Self.save("a"))
        mailbox.send(Self.progress("a", 7, of: 17))
        mailbox.send(Self.progress("a", 1, of: 18))
        mailbox.close()
        #expect(await Self.drain(mailbox) == ["save", "a+8=18"])
    }

    @Test("Everything else is kept, in order")
    func keeps() async {
        let mailbox = EventMailbox()
        for _ in 0..<1000 { mailbox.send(Self.save("a")) }
        mailbox.close()
        mailbox.send(Self.save("late"))
        #expect(await Self.drain(mailbox).count == 1000)
    }

    @Test("A listener that waits is woken by an event, by the end, and by cancellation")
    func wakes() async {
        let mailbox = EventMailbox()
        async let first = mailbox.next()
        mailbox.send(Self.progress("a", 1, of: 1))
        #expect(await first.map(\.name) == ["progress"])
        async let second = mailbox.next()
        mailbox.close()
        #expect(await second.isEmpty)
        let open = EventMailbox()
        let task = Task { await open.next() }
        task.cancel()
        #expect(await task.value.isEmpty)
    }

    @Test("A listener that waits is not woken for each instance, but for many, for any other event, and when it is time")
    func batches() async throws {
        let mailbox = EventMailbox()
        func listening() async throws -> Task<Int, Never> {
            let listener = Task { await mailbox.next().count }
            while !mailbox.isAwaited { await Task.yield() }
            return listener
        }
        var listener = try await listening()
        for _ in 1..<EventMailbox.savesAtATime { mailbox.send(Self.save("a")) }
        #expect(mailbox.isAwaited, "it is woken for \(EventMailbox.savesAtATime) instances, not for fewer")
        mailbox.send(Self.save("a"))
        #expect(await listener.value == EventMailbox.savesAtATime)
        listener = try await listening()
        mailbox.send(Self.save("a"))
        mailbox.send(Self.progress("a", 1, of: 1))
        #expect(await listener.value == 2)
        listener = try await listening()
        mailbox.deliver()
        mailbox.send(Self.save("a"))
        #expect(mailbox.isAwaited)
        mailbox.deliver()
        #expect(await listener.value == 1)
        listener = try await listening()
        mailbox.send(Self.save("a"))
        mailbox.close()
        #expect(await listener.value == 1, "what waits is told at the end")
    }
}

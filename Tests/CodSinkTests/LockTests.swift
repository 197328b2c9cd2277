import CodCore
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Waiting for a lock that somebody else holds")
struct LockTests {
    /// Time that passes only when somebody pauses.
    private final class Time: Sendable {
        let now = Mutex(Duration.zero)
        let told = Mutex<[String]>([])
        let pauses = Mutex<[Duration]>([])
    }

    private let folder: TemporaryFolder
    private let time = Time()

    init() throws {
        folder = try TemporaryFolder()
        try folder.put("", at: "out/.cod/lock")
    }

    private func locks(whenPaused: @escaping @Sendable (Duration) -> Void = { _ in }) -> OutputLocks {
        let time = time
        return OutputLocks(
            path: "out", tell: { text in time.told.withLock { $0.append(text) } },
            pause: { pause in
                time.pauses.withLock { $0.append(pause) }
                whenPaused(
                    time.now.withLock {
                        $0 += pause
                        return $0
                    })
            }, now: { time.now.withLock { $0 } })
    }

    private func hold(_ name: String = "out/.cod/lock", saying text: String = "") throws -> OpenFile {
        try folder.put(text, at: name)
        let parts = name.split(separator: "/")
        let file = try OpenFile.folder(at: folder[parts.dropLast().joined(separator: "/")]).openAppending(
            String(parts[parts.count - 1]))
        #expect(try file.lock(waiting: false))
        return file
    }

    private var own: OpenFile { get throws { try OpenFile.folder(at: folder["out/.cod"]) } }

    @Test("After two seconds it is told once who holds it; after a minute it is given up, and the error names him and a way out")
    func bounds() throws {
        let holder = try hold(saying: "process 1234 on node-7.example\n")
        let error = #expect(throws: CodError.self) {
            try locks().holdingOutput(of: own) { Issue.record("It is held.") }
        }
        withExtendedLifetime(holder) {}
        let sentence = "The process 1234 on node-7.example holds out/.cod/lock"
        #expect(error?.message == "\(sentence); it was waited for 60 seconds.")
        #expect(error?.recovery?.contains("end it") == true)
        #expect(time.told.withLock { $0 } == ["\(sentence); waiting."])
        #expect(time.pauses.withLock { $0.allSatisfy { $0 <= .milliseconds(100) } && $0.count < 1000 })
    }

    @Test("It is taken when it is free again, and nothing is told of a short wait")
    func short() throws {
        let holder = Mutex<OpenFile?>(try hold())
        let locks = locks { now in if now > .milliseconds(500) { holder.withLock { $0 = nil } } }
        try locks.holdingOutput(of: own) {
            #expect(folder.text("out/.cod/lock") == "\(LockHolder.current.title)\n")
        }
        #expect(folder.text("out/.cod/lock") == "")
        #expect(time.told.withLock { $0 } == [])
        #expect(time.now.withLock { $0 } < .seconds(1))
    }

    @Test("A task that is cancelled does not wait for long")
    func cancelled() async throws {
        let holder = try hold()
        let (locks, own) = (locks(), try own)
        let waiting = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await offTaskThreads { try locks.holdingOutput(of: own) {} }
        }
        await #expect(throws: CodError.self) { try await waiting.value }
        withExtendedLifetime(holder) {}
        #expect(time.now.withLock { $0 } < .seconds(1))
    }

    @Test(
        "A lock file that names nobody names nobody",
        arguments: [
            "", "process\n", "process x\n", "process -1\n", "process 0", "process 1 on a b\n", "process 1 at b\n", "\0\0\0",
            "process 99999999999999999999\n", "process 1 on \u{1B}[31m\n", "pid 7", "\nprocess 1\n",
        ])
    func nobody(_ text: String) throws {
        #expect(LockHolder(text) == nil)
    }

    @Test("What a holder says of himself names him", arguments: ["", "node-7.example"])
    func named(host: String) {
        let holder = LockHolder(process: 12, host: host)
        #expect(LockHolder("\(holder.title)\n") == holder)
        #expect(LockHolder.current.process > 0)
    }

    private var impatient: DirectorySink {
        DirectorySink(
            at: folder["out"], isDurable: true, usesUnnamedFiles: true, lockBounds: .init(limit: .zero, limitWhenCancelled: .zero)
        )
    }

    @Test("A run into a folder that somebody does not let go of ends before anything is fetched")
    func beginning() async throws {
        let holder = try hold(saying: "process 1234\n")
        let sink = impatient
        let error = await #expect(throws: CodError.self) { try await sink.prepare(for: RetrievalPlan(studies: [])) }
        withExtendedLifetime(holder) {}
        #expect(error?.code == .outputUnusable && error?.reach == .job)
        #expect(error?.message.contains("process 1234 holds \(folder["out/.cod/lock"])") == true)
    }

    @Test("Records that somebody does not let go of are a failure of that series; its instances stay")
    func records() async throws {
        let holder = try hold("out/.cod/records/1.2.3/4.5.6.txt")
        let sink = impatient
        let saved = try await sink.feed(events("0123456789", of: instance("7")))
        withExtendedLifetime(holder) {}
        let failure = try #require(saved.failures.first)
        #expect(failure.series == "4.5.6" && failure.reach < .job)
        #expect(failure.message.contains("holds \(folder["out/.cod/records/1.2.3/4.5.6.txt"])"))
        #expect(saved.instances.count == 1 && folder.exists("out/1.2.3/4.5.6/instances/7.dcm"))
        try await sink.close()
    }

    @Test("A log that somebody does not let go of is a failure of the end; the own partial folder is gone all the same")
    func ending() async throws {
        let sink = impatient
        try await sink.feed(events("0123456789", of: instance("7")))
        let holder = try hold()
        let error = await #expect(throws: CodError.self) { try await sink.close() }
        withExtendedLifetime(holder) {}
        #expect(error?.reach == .job && error?.message.contains("out/.cod/lock") == true)
        #expect(folder.names(in: "out/.cod/partial") == [])
    }
}

import CodCore
import CodTesting
import Foundation
import Synchronization
import Testing

@Suite("A store that is slow, busy or makes no sense", .timeLimit(.minutes(5)))
struct PacingFaultTests {
    private func download(_ store: ServedStore, _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint] + more)
    }

    /// Expects that one series failed, was named, and that all others are saved.
    private func expectLoss(
        of bad: WrittenSeries, _ store: ServedStore, _ run: CommandRun, naming words: String...
    ) throws {
        run.expect(1, naming: words + ["1 series\n  \(bad.id)", "Run the same command again"])
        let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
        #expect(try store.scratch.files(in: "out") == others)
        #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: others))
    }

    private func reads(of series: WrittenSeries, _ store: ServedStore) -> [LoopbackStore.Request] {
        store.server.log.filter { $0.isArchiveRead && $0.objectName == series.archiveName }
    }

    // MARK: 10

    @Test("fault 10: a trickle is broken off, and the archive goes on where it had come to")
    func trickle() async throws {
        try await ServedStore.with { store in
            let slow = store.written.series[1]
            store.server.script(
                matching: .object(name: slow.archiveName), faults: [.drip(byteCount: 10, every: .milliseconds(50))])
            let run = try await download(store, "--timeout", "4", "-v")
            run.expect(0, naming: "bytes a second", "16384 are expected", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            let reads = reads(of: slow, store)
            #expect(reads.count >= 2 && reads.first?.progress == .broken)
            let start = try #require(reads.last?.range.flatMap { Int64($0.dropFirst("bytes=".count).prefix { $0 != "-" }) })
            #expect(start > 0)
        }
    }

    // MARK: 11

    /// Counts, at each archive read that comes after the first eight, how many of these are under way.
    private final class Crowd: Sendable {
        private struct State {
            var firstNumbers: [Int] = []
            var largestCount = 0
        }

        private let state = Mutex(State())

        var largestCount: Int { state.withLock { $0.largestCount } }

        func comes(_ request: LoopbackStore.Request, to server: LoopbackStore) -> Bool {
            guard request.isArchiveRead else { return false }
            let running = server.log.filter { $0.isArchiveRead && $0.progress == .running }.map(\.number)
            state.withLock { state in
                if state.firstNumbers.count < 8 {
                    state.firstNumbers.append(request.number)
                } else {
                    state.largestCount = max(state.largestCount, running.count { !state.firstNumbers.contains($0) })
                }
            }
            return true
        }
    }

    @Test("fault 11: after a burst of 503 half as many archives are read at a time, and nothing is lost")
    func burst() async throws {
        try await ServedStore.with(seriesCount: 8) { store in
            let (busy, crowded) = (LoopbackStore.Gate(), LoopbackStore.Gate())
            let (crowd, server) = (Crowd(), store.server)
            server.script(
                matching: .requests { crowd.comes($0, to: server) },
                faults: Array(repeating: .all([.stallBeforeHead(until: busy), .status(503)]), count: 8),
                thenAlways: .stallBeforeHead(until: crowded))
            let start = ContinuousClock.now
            async let running = download(store, "--jobs", "8", "-v")
            await busy.arrival(ofCount: 8)
            busy.open()
            // Half of them do come at a time.
            await crowded.arrival(ofCount: 4)
            crowded.open()
            let run = try await running
            run.expect(0, naming: "4 requests at a time", "503", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            // One comes back for every 30 s, should this machine take so long.
            #expect(crowd.largestCount <= 4 + Int((ContinuousClock.now - start) / .seconds(30)))
            #expect(server.pendingFaultCount == 0)
        }
    }

    // MARK: 12

    @Test("fault 12: 503 for ever on one archive costs that series alone, after as many tries as were asked for")
    func busyForever() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: .status(503))
            let run = try await download(store, "--retries", "2")
            try expectLoss(of: bad, store, run, naming: "answered 503", "tried 3 times")
            #expect(reads(of: bad, store).count == 3)
        }
    }

    @Test("fault 12: 503 for ever on a metadata.json costs that series alone")
    func busyMetadata() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[2]
            store.server.script(matching: .object(name: bad.metadataName), faults: [], thenAlways: .status(503))
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint],
                environment: ["COD_RETRIES": "1"])
            try expectLoss(of: bad, store, run, naming: "answered 503", "tried 2 times")
        }
    }

    @Test("fault 12: 503 for ever on everything ends, names what failed, and leaves no trace of an instance")
    func allBusy() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .any, faults: [], thenAlways: .status(503))
            let listing = try await download(store, "--retries", "1")
            listing.expect(1, naming: store.study, "answered 503", "tried 2 times", "Run the same command again")
            #expect(store.server.log.count == 2)

            store.server.clearScripts()
            store.server.script(matching: .requests(where: \.isArchiveRead), faults: [], thenAlways: .status(503))
            let archives = try await download(store, "--retries", "0")
            archives.expect(1, naming: store.written.series.map(\.id.description) + ["answered 503"])
            #expect(!archives.errors.contains("tried"))
            #expect(try store.scratch.files(in: "out").isEmpty)
            #expect(store.server.log.count(where: \.isArchiveRead) == store.written.series.count)

            store.server.clearScripts()
            let again = try await download(store)
            again.expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    // MARK: 13

    @Test("fault 13: 429 with Retry-After is obeyed; without one the first pause is shorter")
    func retryAfter() async throws {
        try await ServedStore.with { store in
            let busy = store.written.series[0]
            store.server.script(
                matching: .object(name: busy.archiveName), faults: [.status(429, headers: ["Retry-After": "1"])])
            let run = try await download(store, "-v")
            run.expect(0, naming: "answered 429", "all verified")
            let pause = try #require(run.errors.firstMatch(of: #/Trying again in ([0-9.]+) seconds/#).flatMap { Double($0.1) })
            #expect((1...2).contains(pause))
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    // MARK: 57

    /// An answer that fits no request, and a word of the message.
    struct Nonsense: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let word: String
        let fault: @Sendable (_ archiveByteCount: Int64) -> LoopbackStore.Fault

        static let all: [Nonsense] = [
            Nonsense(testDescription: "101", word: "101") { _ in .status(101) },
            Nonsense(testDescription: "204", word: "the status is 204") { _ in
                .all([.statusKeepingRange(204), .truncate(toByteCount: 0)])
            },
            Nonsense(testDescription: "206 without Content-Range", word: "does not say which bytes") { _ in
                .all([.statusKeepingRange(206), .headers(["content-range": nil])])
            },
            Nonsense(testDescription: "200 with another Content-Range", word: "begins at byte 512") {
                .headers(["content-range": "bytes 512-\($0 - 1)/\($0)"])
            },
            Nonsense(testDescription: "a Content-Range that is none", word: "bytes banana") { _ in
                .headers(["content-range": "bytes banana"])
            },
        ]
    }

    @Test("fault 57: an answer that makes no sense is asked for again", arguments: Nonsense.all)
    func nonsenseOnce(_ nonsense: Nonsense) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            let fault = nonsense.fault(bad.archiveByteCount)
            store.server.script(matching: .object(name: bad.archiveName), faults: [fault])
            let run = try await download(store, "-v")
            run.expect(0, naming: nonsense.word, "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(reads(of: bad, store).count == 2)
        }
    }

    @Test("fault 57: answers that never make sense cost their series after three tries", arguments: Nonsense.all)
    func nonsenseForever(_ nonsense: Nonsense) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            let fault = nonsense.fault(bad.archiveByteCount)
            store.server.script(matching: .object(name: bad.archiveName), faults: [], thenAlways: fault)
            let run = try await download(store)
            run.expect(1, naming: nonsense.word, "tried 3 times", "1 series\n  \(bad.id)")
            let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
            #expect(try store.scratch.files(in: "out") == others)
            #expect(reads(of: bad, store).count == 3)
        }
    }

    // MARK: 58

    @Test(
        "fault 58: a connection that was closed or reset while it was idle is replaced at once, and costs no try",
        arguments: ["closed after the answer", "closed on the next request", "reset on the next request"])
    func stale(kind: String) async throws {
        try await ServedStore.with { store in
            let faults: [LoopbackStore.Fault] =
                switch kind {
                case "closed after the answer": [.closeAfterAnswer, .closeAfterAnswer, .closeAfterAnswer]
                case "closed on the next request": [.pass, .closeBeforeHead, .pass, .closeBeforeHead]
                default: [.pass, .resetBeforeHead, .pass, .resetBeforeHead]
                }
            store.server.script(matching: .requests(where: \.isArchiveRead), faults: faults)
            let run = try await download(store, "--jobs", "1", "--retries", "0")
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.server.pendingFaultCount == 0)
        }
    }

    // MARK: Few descriptors

    @Test(
        "fault 39: too few file descriptors for a thread and a connection a series cost time, or a failure by name; never a crash",
        arguments: [56, 64, 80])
    func fewDescriptors(limit: Int) async throws {
        try await ServedStore.with(seriesCount: 12) { store in
            let arguments = [
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--jobs",
                "16",
            ]
            let limited = try await CommandRun.run(
                "/bin/sh", ["-c", "ulimit -n \(limit) && exec \"$@\"", "sh", CommandRun.binary] + arguments)
            #expect([0, 1, 73, 74].contains(limited.exitCode), "\(limited.errors)")
            #expect(limited.exitCode == 0 || limited.errors.contains("ulimit -n"), "\(limited.errors)")
            let expected = try store.files()
            for (path, bytes) in try store.scratch.files(in: "out") { #expect(expected[path] == bytes, "\(path)") }
            let again = try await CommandRun.cod(arguments)
            again.expect(0)
            #expect(try store.scratch.files(in: "out") == expected)
        }
    }
}

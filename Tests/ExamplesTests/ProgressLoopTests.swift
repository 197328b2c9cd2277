import CodRetrieve
import CodTesting
import CodTransport
import SystemPackage
import TestSupport
import Testing

@testable import CodCore
@testable import LiveProgress

@Suite("LiveProgress: how often a view is drawn")
struct ProgressLoopTests {
    /// A clock that a test moves on, one interval at a time.
    private final class Ticks: Sendable {
        let sleepers: AsyncStream<Void>
        private let (waking, wake): (AsyncStream<Void>, AsyncStream<Void>.Continuation)
        private let arrived: AsyncStream<Void>.Continuation

        init() {
            (sleepers, arrived) = AsyncStream<Void>.makeStream()
            (waking, wake) = AsyncStream<Void>.makeStream()
        }

        var timing: Timing {
            Timing(
                now: { .zero },
                sleep: { [waking, arrived] _ in
                    arrived.yield()
                    for await _ in waking { return }
                    throw CancellationError()
                },
                jitter: { 0 })
        }

        func tick() { wake.yield() }
    }

    @Test("Thousands of events are drawn once an interval, and once at the end")
    func interval() async throws {
        let ticks = Ticks()
        var loop = ProgressLoop()
        loop.timing = ticks.timing
        let (events, continuation) = AsyncStream<RetrievalEvent>.makeStream()
        let counts = Notes<Int>()
        let following = Task { [loop] in
            await loop.follow(events) { model, _ in counts.add(model.failureCount) }
        }
        var sleepers = ticks.sleepers.makeAsyncIterator()
        await sleepers.next()
        for _ in 0..<5000 { continuation.yield(.example) }
        ticks.tick()
        // It sleeps again: it has drawn.
        await sleepers.next()
        ticks.tick()
        await sleepers.next()
        continuation.finish()
        await following.value
        let drawn = counts.all
        #expect(drawn.count == 3 && drawn.last == 5000 && drawn == drawn.sorted())
    }

    @Test("Cancelling ends it, with a last look")
    func cancellation() async throws {
        let ticks = Ticks()
        var loop = ProgressLoop()
        loop.timing = ticks.timing
        let (events, continuation) = AsyncStream<RetrievalEvent>.makeStream()
        let counts = Notes<Int>()
        let following = Task { [loop] in await loop.follow(events) { model, _ in counts.add(model.failureCount) } }
        var sleepers = ticks.sleepers.makeAsyncIterator()
        await sleepers.next()
        following.cancel()
        await following.value
        #expect(counts.all == [0])
        continuation.finish()
    }

    @Test("A real job: the last look shows what the report says")
    func job() async throws {
        try await ServedStudies.with(studyCount: 2) { served in
            let download = CodDownload(gcsOptions: served.options)
            try await download.initDirectory(served.folder["out"])
            download.initBucket(BucketDetails(bucket: "bucket"))
            let job = try await download.download(served.written.studies.map(\.uid))
            let models = Notes<ProgressModel>()
            let report = await Main.retrieve(job) { model, _ in models.add(model) }
            let model = try #require(models.all.last)
            #expect(report.isComplete && model.completion?.saved == 12 && model.failureCount == 0)
            #expect(model.studies.count == 2 && model.studies.allSatisfy { $0.isSaved && $0.fraction == 1 })
            #expect(model.receivedByteCount == model.transferByteCount)
            let lines = ProgressText().lines(of: model, at: .zero)
            #expect(lines.count == 3 && lines[0].hasPrefix("2 of 2 studies"))
        }
    }

    @Test(
        "On a terminal lines take the place of those before; elsewhere there is one now and then, and the last",
        arguments: [true, false])
    func terminal(redraws: Bool) async throws {
        let folder = try TemporaryFolder()
        let file = try FileDescriptor.open(
            FilePath(folder["screen"]), .writeOnly, options: .create, permissions: .ownerReadWrite)
        let view = TerminalView(to: file, redraws: redraws)
        for number in 0..<3 { await view.show(["a\(number)", "b"], isLast: number == 2) }
        try file.close()
        #expect(
            folder.text("screen")
                == (redraws ? "a0\nb\n\u{1B}[2A\r\u{1B}[Ja1\nb\n\u{1B}[2A\r\u{1B}[Ja2\nb\n" : "a0\na2\n"))
    }
}

extension RetrievalEvent {
    fileprivate static var example: RetrievalEvent {
        .error(Failure(url: nil, size: nil, error: CodError(.truncated, "Made to fail.")))
    }
}

import Synchronization
import TestSupport
import Testing

@testable import CodCore

@Suite("What breaks because the process was stopped is no failure")
struct PauseExcuseTests {
    private static let broken = CodError(.requestFailed, "It broke.", transience: .transient)

    @Test("One failure after each pause is excused, and none without one, nor what is final, nor a cancellation")
    func rule() {
        var excuse = PauseExcuse(pauseCount: 3)
        let looks: [(any Error, pauseCount: Int, isExcused: Bool)] = [
            (Self.broken, 3, false), (CodError(.forbidden, "No."), 4, false), (CancellationError(), 4, false),
            (Self.broken, 4, true), (Self.broken, 4, false), (Self.broken, 6, true),
        ]
        for look in looks {
            let isExcused = excuse.covers(look.0, pauseCount: look.pauseCount)
            #expect(isExcused == look.isExcused, "\(look)")
        }
    }

    @Test(
        "With not one retry allowed a connection that broke in a pause is resumed; one that broke without is not",
        arguments: [true, false])
    func resumes(isPaused: Bool) async {
        let store = MemoryStore(studies: [[4]])
        let pauses = Mutex(0)
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.breaks(after: 21)])
        var options = JobTests.options(connectionCount: 1)
        options.retry = .never
        let plain = options.timing
        options.timing = Timing(
            now: plain.now, sleep: plain.sleep, jitter: plain.jitter,
            pauseCount: {
                // Each look finds one more pause.
                pauses.withLock { count in
                    count += isPaused ? 1 : 0
                    return count
                }
            })
        let (report, _) = await JobTests.run(store, fetcher: fetcher, options: options)
        #expect(report.isComplete == isPaused && report.retryCount == 0)
        #expect(fetcher.opened.count == (isPaused ? 2 : 1))
        if isPaused { #expect(report.receivedByteCount == Int64(store.objects.values.reduce(0) { $0 + $1.count })) }
    }
}

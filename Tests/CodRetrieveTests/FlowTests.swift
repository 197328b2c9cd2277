import CodCore
import CodRetrieve
import CodTesting
import CodTransport
import Foundation
import Synchronization
import Testing

@Suite("How much is asked of a store at a time", .timeLimit(.minutes(5)))
struct FlowTests {
    private static let study = "1.2.3"

    /// A time that passes whenever somebody waits, and not before it is started.
    private final class StartedClock: Sendable {
        private struct State {
            var now: Duration = .zero
            var isStarted = false
            var waiting: [AsyncStream<Void>.Continuation] = []
        }

        private let state = Mutex(State())

        var timing: Timing {
            Timing(
                now: { self.state.withLock { $0.now } },
                sleep: { duration in
                    let (starts, start) = AsyncStream<Void>.makeStream()
                    let isStarted = self.state.withLock { state in
                        if !state.isStarted { state.waiting.append(start) }
                        return state.isStarted
                    }
                    if !isStarted { for await _ in starts { break } }
                    try Task.checkCancellation()
                    self.state.withLock { $0.now += duration }
                    await Task.yield()
                }, jitter: { 0.5 })
        }

        func start() {
            let waiting = state.withLock { state in
                state.isStarted = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiter in waiting { waiter.yield() }
        }
    }

    /// Runs `body` with a store of a study of small series.
    private func withStore(
        seriesCount: Int, _ body: (_ store: LoopbackStore, _ access: StoreAccess, _ folder: String) async throws -> Void,
        connectionCount: Int
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-test-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = StoreWriter(folder: "\(folder)/store", metadataEncoding: .plain)
        for number in 0..<seriesCount {
            _ = try writer.writeSeries(
                study: Self.study, series: "4.\(number)",
                instances: (0..<2).map { (uid: "5.\(number).\($0)", bytes: Array(repeating: UInt8(number), count: 3000)) })
        }
        try await LoopbackStore.withStore(folder: "\(folder)/store") { store in
            var options = GCSOptions()
            options.endpoint = try StorageEndpoint(parsing: store.endpoint)
            options.connectionCount = connectionCount
            // What the store took back does not come again by itself.
            options.timing = Timing(now: { .zero }, sleep: { _ in try Task.checkCancellation() }, jitter: { 0.5 })
            let source = Source.bucket(BucketDetails(bucket: store.bucketName))
            try await body(store, try StoreAccess(source, options: options), folder)
        }
    }

    private func archiveReadCount(_ store: LoopbackStore) -> Int { store.log.count(where: \.isArchiveRead) }

    @Test("Four archives at first, eight when they bring something; after a burst of 429 four requests, and nothing is lost")
    func lanes() async throws {
        try await withStore(
            seriesCount: 40,
            { store, access, folder in
                let gates = (first: LoopbackStore.Gate(), busy: LoopbackStore.Gate(), last: LoopbackStore.Gate())
                store.script(
                    matching: .requests { $0.isArchiveRead },
                    faults: Array(repeating: .stall(afterByteCount: 100, until: gates.first), count: 8)
                        + Array(repeating: .all([.stallBeforeHead(until: gates.busy), .status(429)]), count: 8),
                    thenAlways: .stallBeforeHead(until: gates.last))
                let clock = StartedClock()
                var options = RetrievalOptions(connectionCount: 8)
                options.timing = clock.timing
                let plan = try await access.catalog.plan(for: [Self.study])
                let job = access.pipeline(to: "\(folder)/out").job(for: plan, options: options)
                async let running = job.start()
                await gates.first.arrival(ofCount: 4)
                #expect(archiveReadCount(store) == 4)
                clock.start()
                await gates.first.arrival(ofCount: 8)
                #expect(archiveReadCount(store) == 8)
                gates.first.open()
                await gates.busy.arrival(ofCount: 8)
                #expect(archiveReadCount(store) == 16)
                gates.busy.open()
                await gates.last.arrival(ofCount: 4)
                #expect(archiveReadCount(store) == 20)
                gates.last.open()
                let report = await running
                #expect(report.isComplete && report.savedCount == 80 && report.verifiedCount == 80)
                #expect(archiveReadCount(store) == 48 && store.pendingFaultCount == 0)
            }, connectionCount: 8)
    }

    @Test(
        "A study is planned with one request a page of its listing and one a series, four times as many at a time as there are connections",
        arguments: [(1, 8), (5, 20), (8, 32)])
    func planning(connectionCount: Int, count: Int) async throws {
        try await withStore(
            seriesCount: 45,
            { store, access, _ in
                let gate = LoopbackStore.Gate()
                let isMetadata: @Sendable (LoopbackStore.Request) -> Bool = { $0.objectName?.hasSuffix("metadata.json") == true }
                store.script(matching: .requests(where: isMetadata), faults: [], thenAlways: .stallBeforeHead(until: gate))
                async let planning = access.catalog.plan(for: [Self.study])
                await gate.arrival(ofCount: count)
                #expect(store.log.count(where: isMetadata) == count)
                gate.open()
                let plan = try await planning
                #expect(Array(plan.series).count == 45 && plan.series.allSatisfy { $0.failure == nil })
                #expect(store.log.count(where: isMetadata) == 45)
                #expect(store.log.count { $0.kind == .list } == 1 && store.log.count == 46)
            }, connectionCount: connectionCount)
    }
}

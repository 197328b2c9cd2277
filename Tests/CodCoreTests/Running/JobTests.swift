import CodCore
import Synchronization
import TestSupport
import Testing

@Suite("A job retrieves a plan through a pipeline")
struct JobTests {
    static func options(connectionCount: Int = 4) -> RetrievalOptions {
        var options = RetrievalOptions(connectionCount: connectionCount)
        options.timing = .immediate
        return options
    }

    static func run(
        _ store: MemoryStore, fetcher: MemoryFetcher? = nil, sink: MemorySink = MemorySink(),
        options: RetrievalOptions = options()
    ) async -> (report: RetrievalReport, events: [String]) {
        let fetcher = fetcher ?? MemoryFetcher(objects: store.objects)
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            TestVerifier()
            sink
        }
        return await run(pipeline, store.plan, options: options)
    }

    static func run(
        _ pipeline: Pipeline, _ plan: RetrievalPlan, options: RetrievalOptions = options()
    ) async -> (report: RetrievalReport, events: [String]) {
        let job = pipeline.job(for: plan, options: options)
        let names = Mutex<[String]>([])
        job.onEvent { event in names.withLock { $0.append(event.name) } }
        let report = await job.start()
        return (report, names.withLock { $0 })
    }

    @Test("Every instance arrives byte for byte, verified, whatever the chunks", arguments: [1, 2, 3, 7, 64, 100_000])
    func wholeJob(chunkByteCount: Int) async {
        let store = MemoryStore(studies: [[3, 1], [5]])
        let sink = MemorySink()
        let (report, events) = await Self.run(
            store, fetcher: MemoryFetcher(objects: store.objects, chunkByteCount: chunkByteCount), sink: sink)
        #expect(report.isComplete)
        #expect(report.savedCount == 9 && report.verifiedCount == 9 && report.failedCount == 0 && report.skippedCount == 0)
        #expect(sink.saved.count == 9)
        #expect(sink.saved["s1.0.2"] == (0..<20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 2) })
        #expect(events.first == "plan" && events.last == "complete")
        #expect(events.count { $0 == "complete" } == 1 && events.count { $0 == "save" } == 9)
        #expect(events.count { $0 == "download" } == 3 && events.count { $0 == "extract" } == 3)
        #expect(sink.calls.first == "prepare" && sink.calls.last == "close")
        #expect(Set(sink.calls.filter { $0.hasPrefix("finish") }) == ["finish s0", "finish s1"])
    }

    @Test("A connection that breaks goes on where it was; nobody below notices")
    func resumes() async {
        let store = MemoryStore(studies: [[4]])
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.breaks(after: 21), .breaks(after: 14), .ends(after: 5)])
        let sink = MemorySink()
        let (report, events) = await Self.run(store, fetcher: fetcher, sink: sink)
        #expect(report.isComplete && sink.saved.count == 4)
        #expect(fetcher.opened == ["s0/s0.0@0", "s0/s0.0@21", "s0/s0.0@35", "s0/s0.0@40"])
        #expect(!events.contains("error"))
    }

    @Test("A link that stays broken fails its series alone, by name")
    func givesUp() async {
        let store = MemoryStore(studies: [[2, 2]])
        let broken = Array(repeating: MemoryFetcher.Opening.breaks(after: 0), count: 10)
        let fetcher = MemoryFetcher(objects: store.objects, openings: broken)
        let (report, events) = await Self.run(store, fetcher: fetcher, options: Self.options(connectionCount: 1))
        #expect(report.failures.map(\.series) == ["s0.0"])
        #expect(report.savedCount == 2 && report.failedCount == 2 && !report.isComplete && report.interruption == nil)
        #expect(events.count { $0 == "error" } == 1)
    }

    @Test("An instance that fails its checksum is fetched again once, and saved when it is right then")
    func heals() async {
        let store = MemoryStore(studies: [[3]])
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.damages(at: 30)])
        let sink = MemorySink()
        let (report, events) = await Self.run(store, fetcher: fetcher, sink: sink)
        #expect(report.isComplete && report.savedCount == 3 && sink.saved.count == 3)
        #expect(fetcher.opened.count == 2)
        #expect(!events.contains("error"))
    }

    @Test("An instance whose bytes stay wrong is never published; the rest is")
    func staysDamaged() async {
        let store = MemoryStore(studies: [[3]])
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.damages(at: 30), .damages(at: 30)])
        let sink = MemorySink()
        let (report, _) = await Self.run(store, fetcher: fetcher, sink: sink)
        #expect(report.failures.map(\.code) == [.checksumMismatch] && report.failures.first?.instance == "s0.0.0")
        #expect(report.savedCount == 2 && report.failedCount == 1)
        #expect(Set(sink.saved.keys) == ["s0.0.1", "s0.0.2"])
        #expect(fetcher.opened.count == 2)
    }

    @Test("What is held is not fetched; a second run of a complete folder opens nothing")
    func skips() async {
        let store = MemoryStore(studies: [[2, 2]])
        let held = Set(store.plan.series.flatMap { $0.instances.map(\.uid) })
        let fetcher = MemoryFetcher(objects: store.objects)
        let (report, events) = await Self.run(store, fetcher: fetcher, sink: MemorySink(held: held))
        #expect(fetcher.opened.isEmpty && report.skippedCount == 4 && report.savedCount == 0 && report.isComplete)
        #expect(events == ["plan", "complete"])
    }

    @Test("Never more portions are under way than there are connections", arguments: 1...3)
    func bounded(connectionCount: Int) async {
        let store = MemoryStore(studies: [Array(repeating: 2, count: 25)])
        let fetcher = MemoryFetcher(objects: store.objects, chunkByteCount: 3)
        let (report, _) = await Self.run(store, fetcher: fetcher, options: Self.options(connectionCount: connectionCount))
        #expect(report.savedCount == 50)
        #expect(fetcher.peakOpenCount <= connectionCount)
    }

    @Test("An error of a sink loses one instance; one that reaches the job stops it, and what is saved is committed")
    func sinkErrors() async {
        let store = MemoryStore(studies: [[3]])
        let one = await Self.run(
            store, sink: MemorySink(failing: ["s0.0.1": CodError(.writeFailed, "No.", reach: .instance)]))
        #expect(one.report.savedCount == 2 && one.report.failures.map(\.instance) == ["s0.0.1"])

        let sink = MemorySink(failing: ["s0.0.1": CodError(.writeFailed, "The disk is full.", reach: .job)])
        let all = await Self.run(store, sink: sink)
        #expect(all.report.interruption?.code == .writeFailed)
        #expect(all.report.savedCount == 1 && all.report.failedCount == 2)
        #expect(sink.calls.contains("commit s0/s0.0 1") && sink.calls.last == "close")
        #expect(all.events.last == "complete" && all.events.count { $0 == "error" } == 1)
    }

    @Test("An output that cannot be used is found out before anything is fetched")
    func unusableOutput() async {
        let store = MemoryStore(studies: [[3]])
        let fetcher = MemoryFetcher(objects: store.objects)
        let sink = MemorySink(failing: ["prepare": CodError(.outputUnusable, "No.", reach: .job)])
        let (report, events) = await Self.run(store, fetcher: fetcher, sink: sink)
        #expect(report.interruption?.code == .outputUnusable && fetcher.opened.isEmpty)
        #expect(events == ["error", "complete"] && report.failedCount == 3)
    }

    @Test("The sink is asked once for room for what is missing; when it has none nothing is fetched, after the plan was told")
    func noRoom() async {
        let store = MemoryStore(studies: [[2, 1]])
        let roomy = MemorySink(held: ["s0.0.0"])
        _ = await Self.run(store, sink: roomy)
        #expect(roomy.calls.filter { $0.hasPrefix("room") } == ["room [20, 20]"])

        let fetcher = MemoryFetcher(objects: store.objects)
        let sink = MemorySink(failing: ["room": CodError(.outputUnusable, "Too small.", reach: .job)])
        let (report, events) = await Self.run(store, fetcher: fetcher, sink: sink)
        #expect(report.interruption?.code == .outputUnusable && fetcher.opened.isEmpty)
        #expect(events == ["plan", "error", "complete"] && report.failedCount == 3)
    }

    @Test("A series asks for no more room than its archive can hold, whatever its metadata says; unknown sizes ask for none")
    func credibleRoom() async {
        var store = MemoryStore(studies: [[3, 2]])
        store.plan.studies[0].series[0].instances[0].byteCount = 5_497_558_138_880
        store.plan.studies[0].series[0].instances[1].byteCount = -1
        store.plan.studies[0].series[1].instances[0].byteCount = nil
        let sink = MemorySink()
        _ = await Self.run(store, sink: sink)
        #expect(sink.calls.filter { $0.hasPrefix("room") } == ["room [20, 20]"])
    }

    @Test("A rehearsal tells what there is to do and what is in the way, and changes nothing")
    func rehearsal() async throws {
        let store = MemoryStore(studies: [[2]])
        for failing in [[:], ["room": CodError(.outputUnusable, "Too small.", reach: .job)]] {
            let (fetcher, sink) = (MemoryFetcher(objects: store.objects), MemorySink(failing: failing))
            let pipeline = Pipeline {
                fetcher
                FramedExtractor()
                sink
            }
            let (stats, obstacle) = try await pipeline.rehearse(store.plan)
            #expect(stats.instanceCount == 2 && obstacle?.code == failing["room"]?.code)
            #expect(fetcher.opened.isEmpty && sink.calls == ["room [20, 20]"])
        }
    }

    @Test("An output that cannot be closed is a failure of the job, beside one that stopped it before")
    func failingClose() async {
        let store = MemoryStore(studies: [[1]])
        let failure = CodError(.writeFailed, "The log.", reach: .job)
        let one = await Self.run(store, sink: MemorySink(failing: ["close": failure]))
        #expect(one.report.interruption?.code == .writeFailed && one.report.savedCount == 1)
        #expect(one.events.suffix(2) == ["error", "complete"])
        let full = CodError(.writeFailed, "The disk.", reach: .job)
        let both = await Self.run(store, sink: MemorySink(failing: ["close": failure, "s0.0.0": full]))
        #expect(both.report.interruption?.message == "The disk.")
        #expect(both.report.failures.map(\.message).contains("The log."))
    }

    @Test("Credentials that die stop the job; the events end as always")
    func deadCredentials() async {
        let store = MemoryStore(studies: [[1, 1, 1]])
        let dead = CodError(.unauthorized, "No.", reach: .job)
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.whole, .fails(dead)])
        let (report, events) = await Self.run(store, fetcher: fetcher, options: Self.options(connectionCount: 1))
        #expect(report.interruption?.code == .unauthorized && report.savedCount == 1)
        #expect(fetcher.opened.count == 2)
        #expect(events.last == "complete")
    }

    @Test("Cancelling the task cancels the job, and the report says so")
    func cancellation() async {
        let store = MemoryStore(studies: [[1, 1]])
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.hangs, .hangs])
        let sink = MemorySink()
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            sink
        }
        let job = pipeline.job(for: store.plan, options: Self.options(connectionCount: 1))
        let events = job.events
        let task = Task { await job.start() }
        for await event in events where event.name == "plan" { task.cancel() }
        let report = await task.value
        #expect(report.interruption?.code == .cancelled && report.savedCount == 0)
        #expect(sink.calls.last == "close")
    }

    @Test("Studies and series that could not be planned are named, and the others are retrieved")
    func planFailures() async {
        var store = MemoryStore(studies: [[2]])
        store.plan.studies[0].series.append(
            SeriesPlan(
                id: SeriesID(study: "s0", series: "bad"), state: .failed(CodError(.damagedMetadata, "No JSON."))))
        store.plan.studies[0].series.append(SeriesPlan(id: SeriesID(study: "s0", series: "empty"), state: .empty))
        store.plan.studies.append(StudyPlan(uid: "gone", series: [], failure: CodError(.studyNotFound, "Gone.", reach: .study)))
        let (report, events) = await Self.run(store)
        #expect(report.failures.map(\.code) == [.damagedMetadata, .studyNotFound])
        #expect(report.savedCount == 2 && report.failedCount == 2)
        #expect(events.count { $0 == "error" } == 2)
    }

    @Test("A finisher that fails is reported; what is saved stays")
    func failingFinisher() async {
        let store = MemoryStore(studies: [[1], [1]])
        let fetcher = MemoryFetcher(objects: store.objects)
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            MemorySink()
            FailingFinisher()
        }
        let (report, _) = await Self.run(pipeline, store.plan)
        #expect(report.savedCount == 2 && Set(report.failures.map(\.study)) == ["s0", "s1"])
    }

    @Test("Handlers of a kind are called in the order they were registered, one at a time")
    func handlers() async {
        let store = MemoryStore(studies: [[4]])
        let fetcher = MemoryFetcher(objects: store.objects)
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            MemorySink()
        }
        let job = pipeline.job(for: store.plan, options: Self.options())
        let calls = Mutex<[String]>([])
        let running = Mutex(0)
        for name in ["first", "second"] {
            job.onSave { save in
                running.withLock { count in
                    #expect(count == 0)
                    count += 1
                }
                await Task.yield()
                calls.withLock { $0.append("\(name) \(save.file.name)") }
                running.withLock { $0 -= 1 }
            }
        }
        let progress = Mutex<Int64>(0)
        job.onProgress { fields in progress.withLock { $0 += fields.bytesDownloaded } }
        let completed = Mutex<Completion?>(nil)
        job.onComplete { fields in completed.withLock { $0 = fields } }
        await job.start()
        #expect(calls.withLock { $0 } == (0..<4).flatMap { ["first s0.0.\($0).dcm", "second s0.0.\($0).dcm"] })
        #expect(progress.withLock { $0 } == Int64(store.objects["s0/s0.0"]?.count ?? 0))
        #expect(completed.withLock { $0?.saved } == 4)
    }

    @Test("Stats tell what there is, what is held and what is to travel")
    func stats() async throws {
        let store = MemoryStore(studies: [[2, 3]])
        let fetcher = MemoryFetcher(objects: store.objects)
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            MemorySink(held: ["s0.0.0", "s0.0.1", "s0.1.1"])
        }
        let stats = try await pipeline.stats(of: store.plan)
        #expect(stats.totalSeriesCount == 2 && stats.totalSavedSeriesCount == 1)
        #expect(stats.totalSizeBytes == 100 && stats.totalSavedSizeBytes == 60)
        #expect(stats.series == ["s0/ series/ s0.1.tar"])
        #expect(stats.items == ["memory://s0/s0.1.tar://instances/s0.1.0.dcm", "memory://s0/s0.1.tar://instances/s0.1.2.dcm"])
        #expect(stats.transferSizeBytes == Int64(store.objects["s0/s0.1"]?.count ?? 0))
        #expect(stats.studies.first?.series.map(\.state) == [.saved, .partial])
        #expect(fetcher.opened.isEmpty)
    }
}

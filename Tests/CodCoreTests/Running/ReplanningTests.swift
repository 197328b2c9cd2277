import CodCore
import Synchronization
import Testing

@Suite("A series whose archive changes in mid-run is planned again once")
struct ReplanningTests {
    static let changed = CodError(.objectChanged, "It has changed.")
    static let missing = CodError(.objectNotFound, "It is gone.")

    /// Runs the plan of `old`, which `catalog` plans again; `openings` are what the fetcher meets.
    static func run(
        _ old: MemoryStore, then new: MemoryStore, _ catalog: MemoryCatalog?, openings: [MemoryFetcher.Opening],
        sink: MemorySink = MemorySink(), selection: Selection = .everything, options: RetrievalOptions = JobTests.options()
    ) async -> (report: RetrievalReport, events: [RetrievalEvent], fetcher: MemoryFetcher) {
        let fetcher = MemoryFetcher(objects: old.objects.merging(new.objects) { $1 }, openings: openings)
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            TestVerifier()
            sink
        }
        let plan = RetrievalPlan(studies: old.plan.studies, catalog: catalog, selection: selection)
        let job = pipeline.job(for: plan, options: options)
        let events = Mutex<[RetrievalEvent]>([])
        job.onEvent { event in events.withLock { $0.append(event) } }
        let report = await job.start()
        return (report, events.withLock { $0 }, fetcher)
    }

    @Test(
        "What is right in the new version stays, the rest is fetched from it; nothing of the old one is left",
        arguments: [changed, missing])
    func planned(error: CodError) async {
        // Each entry has 44 bytes: the first two are saved, of the third a part has come.
        let old = MemoryStore(studies: [[4, 2]])
        let new = MemoryStore(studies: [[5, 2]], generation: 1, unchanged: ["s0.0.0"])
        let catalog = MemoryCatalog(.plan(new.plan))
        let sink = MemorySink()
        let run = await Self.run(
            old, then: new, catalog, openings: [.breaks(after: 105), .fails(error)], sink: sink,
            selection: Selection(modalities: ["CT"]), options: JobTests.options(connectionCount: 1))
        #expect(run.report.isComplete && run.report.failures.isEmpty)
        #expect(run.report.savedCount == 7 && run.report.verifiedCount == 7)
        #expect(run.fetcher.opened == ["s0/s0.0@0", "s0/s0.0@105", "s0/s0.0#1@0", "s0/s0.1@0"])
        let written = sink.written.filter { $0.hasPrefix("s0.0.") }
        #expect(written == [0, 1, 1, 2, 3, 4].map { "s0.0.\($0)" })
        let right = MemorySink()
        _ = await JobTests.run(new, sink: right)
        #expect(sink.saved.filter { $0.key.hasPrefix("s0.0") } == right.saved.filter { $0.key.hasPrefix("s0.0") })
        // Only that series is asked for, and what was asked of it.
        #expect(catalog.requests.map(\.studies) == [["s0"]])
        #expect(catalog.requests.map(\.selection) == [Selection(series: ["s0.0"], modalities: ["CT"])])
    }

    @Test("The events stay those of one archive: one download, totals that fit, no error")
    func events() async {
        let old = MemoryStore(studies: [[4]])
        let new = MemoryStore(studies: [[5]], generation: 1)
        let run = await Self.run(
            old, then: new, MemoryCatalog(.plan(new.plan)), openings: [.breaks(after: 105), .fails(Self.changed)])
        let names = run.events.map(\.name)
        #expect(names.count { $0 == "download" } == 1 && names.count { $0 == "extract" } == 1 && !names.contains("error"))
        #expect(names.first == "plan" && names.last == "complete")
        let progress = run.events.compactMap { if case .progress(let fields) = $0 { fields } else { nil } }
        let total = Int64(105 + 5 * 44)
        #expect(progress.last?.bytesReceived == total && progress.last?.bytesTotal == total)
        #expect(progress.reduce(0) { $0 + $1.bytesDownloaded } == total)
    }

    @Test("A second change fails the series, once, in a sentence; the others are retrieved")
    func changesAgain() async {
        let old = MemoryStore(studies: [[3, 2]])
        let new = MemoryStore(studies: [[3, 2]], generation: 1)
        let catalog = MemoryCatalog(.plan(new.plan))
        let run = await Self.run(
            old, then: new, catalog, openings: [.fails(Self.changed), .breaks(after: 44), .fails(Self.changed)],
            options: JobTests.options(connectionCount: 1))
        #expect(run.report.failures.map(\.series) == ["s0.0"] && run.report.failures[0].code == .objectChanged)
        #expect(run.report.failures[0].message == "It has changed. The series had been planned again once already.")
        #expect(run.report.failures[0].recovery?.contains("later") == true)
        #expect(run.report.savedCount == 3 && run.report.failedCount == 2 && catalog.requests.count == 1)
    }

    @Test("A plan that no catalog made fails the series as it is")
    func noCatalog() async {
        let old = MemoryStore(studies: [[3, 2]])
        let run = await Self.run(
            old, then: old, nil, openings: [.fails(Self.changed)], options: JobTests.options(connectionCount: 1))
        #expect(run.report.failures.map(\.message) == ["It has changed."] && run.report.savedCount == 2)
        #expect(run.report.failures.first?.recovery?.contains("make a new plan") == true)
        #expect(run.fetcher.opened == ["s0/s0.0@0", "s0/s0.1@0"])
    }

    @Test("Of a worker's share the others' instances stay theirs; what is new is fetched")
    func share() async {
        let old = MemoryStore(studies: [[4]])
        let new = MemoryStore(studies: [[6]], generation: 1)
        var mine = old
        for position in [0, 3] { mine.plan.studies[0].series[0].instances[position].isWanted = false }
        let sink = MemorySink()
        let run = await Self.run(
            mine, then: new, MemoryCatalog(.plan(new.plan)), openings: [.fails(Self.changed)], sink: sink)
        #expect(run.report.isComplete)
        #expect(Set(sink.saved.keys) == ["s0.0.1", "s0.0.2", "s0.0.4", "s0.0.5"])
    }

    @Test("What the new metadata has no checksum for is fetched again: nobody can say that it is still the same")
    func withoutChecksums() async {
        let old = MemoryStore(studies: [[3]])
        var new = MemoryStore(studies: [[3]], generation: 1)
        for position in new.plan.studies[0].series[0].instances.indices {
            new.plan.studies[0].series[0].instances[position].checksum = nil
        }
        let sink = MemorySink(held: [])
        let run = await Self.run(
            old, then: new, MemoryCatalog(.plan(new.plan)), openings: [.breaks(after: 50), .fails(Self.changed)], sink: sink)
        #expect(run.report.isComplete && run.report.savedCount == 3 && run.report.verifiedCount == 0)
        #expect(sink.written.count { $0 == "s0.0.0" } == 2)
    }

    @Test("What earlier runs saved is looked up again, and stays where the sink still holds it")
    func heldByEarlierRuns() async {
        let old = MemoryStore(studies: [[3]])
        let new = MemoryStore(studies: [[3]], generation: 1, unchanged: ["s0.0.1"])
        let sink = MemorySink(held: ["s0.0.1"])
        let run = await Self.run(old, then: new, MemoryCatalog(.plan(new.plan)), openings: [.fails(Self.changed)], sink: sink)
        #expect(run.report.isComplete && run.report.skippedCount == 1 && run.report.savedCount == 2)
        #expect(Set(sink.saved.keys) == ["s0.0.0", "s0.0.2"])
    }

    @Test("A series that cannot be planned again fails with the cause")
    func unplannable() async {
        let old = MemoryStore(studies: [[2, 1]])
        let id = old.plan.studies[0].series[0].id
        func answer(_ state: SeriesPlan.State) -> MemoryCatalog.Answer {
            .plan(RetrievalPlan(studies: [StudyPlan(uid: "s0", series: [SeriesPlan(id: id, state: state)])]))
        }
        let answers: [(MemoryCatalog.Answer, String)] = [
            (answer(.failed(CodError(.missingArchive, "No tar."))), "No tar."),
            (answer(.empty), "no instances in it"),
            (.plan(RetrievalPlan(studies: [StudyPlan(uid: "s0", series: [])])), "no longer there"),
            (
                .plan(RetrievalPlan(studies: [StudyPlan(uid: "s0", series: [], failure: CodError(.studyNotFound, "No study."))])),
                "No study."
            ),
            (.fails(CodError(.forbidden, "No.", reach: .series)), "No."),
        ]
        for (answer, words) in answers {
            let run = await Self.run(
                old, then: old, MemoryCatalog(answer), openings: [.fails(Self.changed)],
                options: JobTests.options(connectionCount: 1))
            #expect(run.report.failures.count == 1 && run.report.failures.first?.series == "s0.0", "\(words)")
            #expect(run.report.failures.first?.message.contains(words) == true, "\(run.report.failures)")
            #expect(run.report.failures.first.map { $0.code != .studyNotFound } == true)
            #expect(run.report.savedCount == 1 && run.report.failedCount == 2 && run.report.interruption == nil)
        }
    }

    @Test("What ends the job while a series is planned again ends it in order")
    func jobFailure() async {
        let old = MemoryStore(studies: [[2, 1]])
        let sink = MemorySink()
        let dead = CodError(.unauthorized, "No.", reach: .job)
        let run = await Self.run(
            old, then: old, MemoryCatalog(.fails(dead)), openings: [.fails(Self.changed)], sink: sink,
            options: JobTests.options(connectionCount: 1))
        #expect(run.report.interruption?.code == .unauthorized && run.report.savedCount == 0 && run.report.failedCount == 3)
        #expect(run.events.count { $0.name == "error" } == 1 && run.events.last?.name == "complete" && sink.calls.last == "close")
    }

    @Test("Cancelling the job ends the planning")
    func cancellation() async {
        let old = MemoryStore(studies: [[2]])
        let catalog = MemoryCatalog(.hangs)
        let fetcher = MemoryFetcher(objects: old.objects, openings: [.fails(Self.changed)])
        let pipeline = Pipeline {
            fetcher
            FramedExtractor()
            MemorySink()
        }
        let (planning, begun) = AsyncStream<Void>.makeStream()
        var options = JobTests.options()
        options.timing = Timing(
            now: { .zero },
            sleep: { _ in
                begun.yield()
                try Task.checkCancellation()
            }, jitter: { 1 })
        let job = pipeline.job(for: RetrievalPlan(studies: old.plan.studies, catalog: catalog), options: options)
        let task = Task { await job.start() }
        for await _ in planning { break }
        task.cancel()
        let report = await task.value
        #expect(report.interruption?.code == .cancelled && report.savedCount == 0)
    }

    @Test("An instance that was asked for by name and is not listed any more is a failure; the others are retrieved")
    func namedInstanceGone() async {
        var old = MemoryStore(studies: [[4]])
        old.plan.studies[0].series[0].instances[0].isWanted = false
        var new = MemoryStore(studies: [[3]], generation: 1)
        new.plan.studies[0].series[0].instances[0].isWanted = false
        let run = await Self.run(
            old, then: new, MemoryCatalog(.plan(new.plan)), openings: [.fails(Self.changed)],
            selection: Selection(instances: ["s0.0.1", "s0.0.2", "s0.0.3"]))
        #expect(run.report.failures.map(\.instance) == ["s0.0.3"] && run.report.savedCount == 2)
        #expect(run.report.failures.first?.code == .selectionNotFound)
    }
}

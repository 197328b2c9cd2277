import CodCore
import Synchronization
import Testing

@testable import CodTransport

@Suite("A request is planned over a store")
struct StoreCatalogTests {
    func plan(_ store: MemoryStore, _ studies: [String] = ["S"], _ selection: Selection = .everything) async throws
        -> RetrievalPlan
    {
        try await StoreCatalog(store: store, context: context(Waits())).plan(for: studies, selection: selection)
    }

    func series(_ store: MemoryStore, _ selection: Selection = .everything) async throws -> [SeriesPlan] {
        try await plan(store, ["S"], selection).studies[0].series
    }

    @Test("A series has its archive, its instances by offset, and what its metadata says")
    func wholeSeries() async throws {
        var store = MemoryStore()
        store.add("S", "X", instances: ["b", "a"], archiveByteCount: 9000, offsets: [4096, 1536])
        let plan = try await plan(store)
        #expect(plan.studies.map(\.uid) == ["S"])
        #expect(plan.studies[0].failure == nil)
        let series = try #require(plan.studies[0].series.first)
        let id = SeriesID(study: "S", series: "X")
        #expect(
            series.archive
                == Archive(
                    series: id, url: "gs://bucket/prefix/studies/S/series/X.tar", objectName: "prefix/studies/S/series/X.tar",
                    byteCount: 9000, generation: 7))
        #expect(series.instances.map(\.uid) == ["a", "b"])
        #expect(series.instances.map(\.isWanted) == [true, true])
        #expect(series.modality == "CT")
        #expect(series.notices.isEmpty)
    }

    @Test("All studies are planned when none is named, in the listing's order")
    func allStudies() async throws {
        var store = MemoryStore()
        for study in ["C", "A", "B"] {
            for series in ["3", "1", "2"] { store.add(study, series) }
        }
        let plan = try await plan(store, [])
        #expect(plan.series.map(\.id.description) == ["A/1", "A/2", "A/3", "B/1", "B/2", "B/3", "C/1", "C/2", "C/3"])
        let named = try await self.plan(store, ["C", "A"])
        #expect(named.studies.map(\.uid) == ["C", "A"])
    }

    @Test("The plan's order does not depend on the order of the answers")
    func orderOfAnswers() async throws {
        var store = MemoryStore()
        for series in 1...5 { store.add("S", "\(series)") }
        // The first one read is the last one answered.
        let others = Countdown(4)
        store.onRead = { path in
            if path.contains("/1/") { await others.wait() } else { others.signal() }
        }
        #expect(try await series(store).map(\.id.series) == ["1", "2", "3", "4", "5"])
    }

    @Test("No more metadata is read at a time than allowed, and as much as allowed")
    func boundedConcurrency() async throws {
        var store = MemoryStore()
        for series in 1...9 { store.add("S", "\(series)") }
        let together = Countdown(3)
        let open = Mutex((now: 0, most: 0))
        store.onRead = { _ in
            open.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            together.signal()
            await together.wait()
            open.withLock { $0.now -= 1 }
        }
        let catalog = StoreCatalog(store: store, concurrentRequestCount: 3)
        #expect(try await catalog.plan(for: ["S"]).studies[0].series.count == 9)
        #expect(open.withLock(\.most) == 3)
    }

    @Test("A study that holds nothing fails by name, and the others go on")
    func studyNotFound() async throws {
        var store = MemoryStore()
        store.add("S", "X")
        store.contents["studies/E/readme.txt"] = []
        let plan = try await plan(store, ["absent", "S", "E"])
        #expect(plan.studies.map { $0.failure?.code } == [.studyNotFound, nil, .studyNotFound])
        let failure = try #require(plan.studies[0].failure)
        #expect(failure.message == "The study absent is not in gs://bucket/prefix.")
        #expect(failure.study == "absent" && failure.reach == .study && failure.recovery != nil)
        #expect(plan.studies[1].series.count == 1)
    }

    @Test("A name that can be no identifier ends the request", arguments: ["../etc", "", "a b", "..", ".cod"])
    func invalidIdentifiers(uid: String) async throws {
        for request in [
            RetrievalRequest(studies: ["S", uid]), RetrievalRequest(studies: ["S"], selection: Selection(series: [uid])),
            RetrievalRequest(studies: ["S"], selection: Selection(instances: [uid])),
        ] {
            let error = await #expect(throws: CodError.self) { try await StoreCatalog(store: MemoryStore()).plan(request) }
            #expect(error?.code == .invalidIdentifier && error?.reach == .job)
            #expect(error?.message.contains("\"\(uid)\"") == true)
        }
    }

    @Test("A series' or study's name in the listing that can be no identifier is reported, never used")
    func hostileListing() async throws {
        var store = MemoryStore()
        store.add("S", "..")
        store.add("S", "a\u{1B}b")
        store.contents["studies/S/series/.tar"] = [1]
        store.add("S", "good")
        // It joins the slash before it, as characters go.
        store.add("S", "\u{301}x")
        let series = try await series(store)
        #expect(
            series.map { $0.failure?.code } == [
                .invalidIdentifier, .invalidIdentifier, .invalidIdentifier, nil, .invalidIdentifier,
            ])
        // What stands for them can be no real series' name.
        #expect(series.allSatisfy { UIDText.isValid($0.id.series) == ($0.failure == nil) })
        #expect(series.allSatisfy { !$0.id.series.contains("\u{1B}") && !$0.id.series.contains("/") })
        #expect(series.map(\.id.series).contains("good"))

        var stores = MemoryStore()
        stores.add("bad name", "X")
        let studies = try await plan(stores, []).studies
        #expect(studies.map { $0.failure?.code } == [.invalidIdentifier])
        #expect(studies.allSatisfy { !UIDText.isValid($0.uid) && !$0.uid.contains(" ") && $0.series.isEmpty })
    }

    @Test("What a series lacks decides what it is")
    func states() async throws {
        var store = MemoryStore()
        store.add("S", "1-no-archive", archiveByteCount: nil)
        store.add("S", "2-no-metadata", instances: nil)
        store.add("S", "3-empty", instances: [], archiveByteCount: nil)
        store.add("S", "4-empty-archive", instances: [], archiveByteCount: 10_240)
        store.add("S", "5-unlisted", instances: [], archiveByteCount: 10_241)
        store.contents["studies/S/series/6-locked/.gradient.lock"] = []
        store.contents["studies/S/series/6-locked/error.log"] = []
        store.contents["studies/S/series/7-index/index.sqlite"] = []
        store.contents["studies/S/series/thumbnail.jpg"] = []
        store.contents["studies/S/series/"] = []
        store.contents["studies/S/series/folder/"] = []
        store.add("S", "8-good")
        store.contents["studies/S/series/8-good/error.log"] = []
        let series = try await series(store)
        #expect(series.count == 8)
        #expect(
            series.map { $0.failure?.code } == [
                .missingArchive, .missingMetadata, nil, nil, .damagedMetadata, nil, nil, nil,
            ])
        for failed in series where failed.failure != nil {
            #expect(failed.failure?.series == failed.id.series && failed.failure?.study == "S")
        }
        #expect(series[2...3].allSatisfy { $0.archive == nil } && series[5...6].allSatisfy { $0.archive == nil })
        #expect(series[5].notices == [.locked, .hasErrorLog])
        #expect(series[7].notices == [.hasErrorLog] && series[7].archive != nil)
    }

    @Test("Broken metadata fails its series alone", arguments: ["", "{", "<html>", #"{"cod":{"instances":{"..":{}}}}"#])
    func brokenMetadata(text: String) async throws {
        var store = MemoryStore()
        store.add("S", "1")
        store.add("S", "2")
        store.contents["studies/S/series/1/metadata.json"] = Array(text.utf8)
        let series = try await series(store)
        #expect(series.map { $0.failure == nil } == [false, true])
        #expect(series[0].failure?.series == "1" && series[0].failure?.reach == .series)
    }

    @Test(
        "A refusal of one series' metadata, or of one study's listing, fails that alone",
        arguments: [CodError.Reach.instance, .series, .study])
    func containedFailures(reach: CodError.Reach) async throws {
        var store = MemoryStore()
        for series in ["1", "2"] { store.add("S", series) }
        store.add("T", "1")
        store.failures["studies/S/series/1/metadata.json"] = CodError(.forbidden, "No.", reach: reach)
        store.failures["T"] = CodError(.forbidden, "No.", reach: reach)
        let plan = try await plan(store, ["T", "S"])
        #expect(plan.studies.map { $0.failure?.code } == [.forbidden, nil])
        #expect(plan.studies[0].failure?.study == "T" && plan.studies[0].failure?.reach == .study)
        #expect(plan.studies[1].series.map { $0.failure?.code } == [.forbidden, nil])
        #expect(plan.studies[1].series[0].failure?.reach == .series)
    }

    @Test("What ends the job ends the planning", arguments: ["", "S", "studies/S/series/X/metadata.json"])
    func jobFailures(place: String) async throws {
        var store = MemoryStore()
        store.add("S", "X")
        store.failures[place] = CodError(.unauthorized, "No.", reach: .job)
        let error = await #expect(throws: CodError.self) { try await plan(store, place.isEmpty ? [] : ["S"]) }
        #expect(error?.code == .unauthorized)
        store.failures[place] = CancellationError()
        await #expect(throws: CancellationError.self) { try await plan(store, place.isEmpty ? [] : ["S"]) }
    }

    @Test("A cancelled task is no failed series, whatever its requests throw")
    func cancellation() async throws {
        struct Aborted: Error {}
        var store = MemoryStore()
        store.add("S", "X")
        let (reading, begun) = AsyncStream<Void>.makeStream()
        store.onRead = { _ in
            begun.yield()
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw Aborted()
        }
        let task = Task { [store] in try await plan(store) }
        for await _ in reading { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Foreign errors fail the series and are named")
    func foreignErrors() async throws {
        struct Odd: Error {}
        var store = MemoryStore()
        store.add("S", "X")
        store.failures["studies/S/series/X/metadata.json"] = Odd()
        let failure = try await series(store)[0].failure
        #expect(failure?.code == .stageFailed && failure?.cause is Odd)
    }

    @Test("Packed metadata is read like plain")
    func packedMetadata() async throws {
        var store = MemoryStore()
        store.add("S", "X", instances: ["1", "2"])
        let path = "studies/S/series/X/metadata.json"
        store.contents[path] = gzipped(store.contents[path] ?? [])
        #expect(try await series(store)[0].instances.map(\.uid) == ["1", "2"])
    }
}

/// Lets tasks wait until something has happened so many times.
final class Countdown: Sendable {
    private let state: Mutex<(missing: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = Mutex((count, [])) }

    func signal() {
        let resumed = state.withLock { state in
            state.missing -= 1
            guard state.missing <= 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in resumed { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.missing > 0 { state.waiting.append(continuation) }
                return state.missing <= 0
            }
            if isOver { continuation.resume() }
        }
    }
}

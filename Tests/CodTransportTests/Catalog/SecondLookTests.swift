import CodCore
import Synchronization
import TestSupport
import Testing

@testable import CodTransport

@Suite("What may be a writer's work in progress is looked at twice")
struct SecondLookTests {
    /// Plans a store in which `change` happens while the catalog waits; answers the plan and the waits.
    func plan(
        _ store: MemoryStore, _ studies: [String] = ["S"], _ selection: Selection = .everything,
        whileWaiting change: @escaping @Sendable () -> Void = {}
    ) async throws -> (plan: RetrievalPlan, waits: [Duration]) {
        let waits = Waits()
        let timing = Timing(
            now: waits.timing.now,
            sleep: { duration in
                try await waits.timing.sleep(duration)
                change()
            }, jitter: waits.timing.jitter)
        let context = StageContext(
            logger: context(waits).logger, meter: SeriesMeter { _ in }, retry: RetryPolicy(), timing: timing)
        let plan = try await StoreCatalog(store: store, context: context).plan(for: studies, selection: selection)
        return (plan, waits.all)
    }

    @Test("An archive that comes within 5 s is retrieved, with the metadata as it is then")
    func archiveComes() async throws {
        var store = MemoryStore()
        store.add("S", "1", archiveByteCount: nil)
        store.add("S", "2")
        var later = MemoryStore()
        later.add("S", "1", instances: ["1.1", "1.2"])
        let (plan, waits) = try await plan(store) { [store, later] in
            for (path, bytes) in later.contents { store.changes.set(path, bytes) }
        }
        #expect(waits == [.seconds(5)])
        #expect(plan.series.map(\.id.series) == ["1", "2"] && plan.series.allSatisfy { $0.archive != nil })
        #expect(plan.studies[0].series[0].instances.map(\.uid) == ["1.1", "1.2"])
    }

    @Test("One wait for all such series, one listing for each of their studies; what stays missing fails")
    func oneWait() async throws {
        var store = MemoryStore()
        for study in ["S", "T"] {
            for series in ["1", "2"] { store.add(study, series, archiveByteCount: nil) }
            store.add(study, "3")
        }
        store.add("U", "1")
        let (plan, waits) = try await plan(store, ["S", "T", "U"])
        #expect(waits == [.seconds(5)])
        #expect(store.listed.names.sorted() == ["S", "S", "T", "T", "U"])
        #expect(
            plan.series.map { $0.failure?.code } == [
                .missingArchive, .missingArchive, nil, .missingArchive, .missingArchive, nil, nil,
            ])
    }

    @Test("Nothing is waited for where nothing is doubtful, or where it was not asked for")
    func noWait() async throws {
        var store = MemoryStore()
        store.add("S", "1")
        store.add("S", "2", instances: [], archiveByteCount: nil)
        store.add("S", "3", instances: nil)
        store.add("S", "4", modality: "MR", archiveByteCount: nil)
        let (plan, waits) = try await plan(store, ["S"], Selection(modalities: ["CT"]))
        #expect(waits.isEmpty && store.listed.names == ["S"])
        #expect(plan.series.map { $0.failure?.code } == [nil, .missingMetadata])
    }

    @Test("Metadata that was replaced or went since it was listed is read as it is then", arguments: [true, false])
    func metadataChanges(comesBack: Bool) async throws {
        var store = MemoryStore()
        store.add("S", "1")
        let calls = Mutex(0)
        store.onRead = { _ in
            guard
                calls.withLock({
                    $0 += 1
                    return $0
                }) == 1 || !comesBack
            else { return }
            throw CodError(comesBack ? .objectChanged : .objectNotFound, "It is another.")
        }
        let (plan, waits) = try await plan(store)
        #expect(waits == [.seconds(5)])
        #expect(plan.series.map { $0.failure?.code } == [comesBack ? nil : .objectNotFound])
        #expect(calls.withLock(\.self) == 2)
    }

    @Test("A study that cannot be listed the second time leaves what was seen the first time; a dead token ends the planning")
    func secondListingFails() async throws {
        struct Failing: ObjectStore {
            var base: MemoryStore
            let error: CodError
            var displayName: String { base.displayName }
            func url(of objectName: String) -> String { base.url(of: objectName) }
            func studies() async throws -> [String] { try await base.studies() }
            func objects(ofStudy study: String) async throws -> [StoredObject] {
                if !base.listed.names.isEmpty { throw error }
                return try await base.objects(ofStudy: study)
            }
            func read(_ object: StoredObject, in context: StageContext) async throws -> ByteStream {
                try await base.read(object, in: context)
            }
        }
        var base = MemoryStore()
        base.add("S", "1", archiveByteCount: nil)
        let forbidden = Failing(base: base, error: CodError(.forbidden, "No.", reach: .study))
        let plan = try await StoreCatalog(store: forbidden, context: context(Waits())).plan(for: ["S"])
        #expect(plan.series.map { $0.failure?.code } == [.missingArchive] && plan.studies[0].failure == nil)

        var other = MemoryStore()
        other.add("S", "1", archiveByteCount: nil)
        let dead = Failing(base: other, error: CodError(.unauthorized, "No.", reach: .job))
        let error = await failure { _ = try await StoreCatalog(store: dead, context: context(Waits())).plan(for: ["S"]) }
        #expect(error?.code == .unauthorized)
    }

    @Test("Metadata that cannot be read is read once more, no oftener", arguments: ["", "{", "<html>", #"{"cod":{}}"#])
    func readsAgain(text: String) async throws {
        for isRightThen in [true, false] {
            var store = MemoryStore()
            store.add("S", "1")
            let path = "studies/S/series/1/metadata.json"
            let right = try #require(store.contents[path])
            store.contents[path] = Array(text.utf8)
            let calls = Mutex(0)
            store.onRead = { [changes = store.changes] _ in
                if calls.withLock({
                    $0 += 1
                    return $0
                }) == 2, isRightThen {
                    changes.set(path, right)
                }
            }
            let (plan, waits) = try await plan(store)
            #expect(plan.series.map { $0.failure?.code } == [isRightThen ? nil : .damagedMetadata])
            #expect(calls.withLock(\.self) == 2 && waits.isEmpty)
        }
    }

    @Test("What came in place of metadata is shown: its first characters, its size; never the token", arguments: [true, false])
    func shownBeginning(isLong: Bool) async throws {
        let page = "<html>\u{1B}[2J\(isLong ? String(repeating: "x", count: 18) : "")\(canary) and more</html>"
        let server = try await ScriptedServer(4) { _ in .status(200, page) }
        let store = try GCSStore(client(options(server)))
        let object = StoredObject(
            name: "p/studies/S/series/1/metadata.json", path: "studies/S/series/1/metadata.json", byteCount: nil,
            generation: nil, checksum: nil)
        var objects = SeriesObjects(uid: "1")
        objects.metadata = object
        let catalog = StoreCatalog(store: store, context: context(Waits()))
        let message = try await catalog.findings(on: objects, inStudy: "S", .everything).plan?.failure?.message ?? ""
        #expect(message.contains("it is no JSON object. It begins with \"<html>\\u{1b}[2J"), "\(message)")
        #expect(message.contains("Of it \(page.utf8.count) bytes were read"))
        #expect(!message.contains(canary.prefix(8)) && message.contains("…"))
        #expect(server.requests.count == 2)
    }
}

import CodCore
import Synchronization
import Testing

@testable import CodTransport

@Suite("A selection leaves what was asked for")
struct SelectionTests {
    static var store: MemoryStore {
        var store = MemoryStore()
        store.add("S", "ct", instances: ["c1", "c2"])
        store.add("S", "mr", instances: ["m1", "m2"], modality: "MR")
        store.add("S", "none", instances: ["n1"], modality: nil)
        store.contents["studies/S/series/locked/.gradient.lock"] = []
        store.add("T", "ct2", instances: ["t1"])
        return store
    }

    func plan(_ selection: Selection, _ store: MemoryStore = store, _ studies: [String] = ["S"]) async throws -> RetrievalPlan {
        try await StoreCatalog(store: store, context: context(Waits())).plan(for: studies, selection: selection)
    }

    @Test("By series: others' metadata is not even read")
    func bySeries() async throws {
        var store = Self.store
        let read = Mutex<[String]>([])
        store.onRead = { path in read.withLock { $0.append(path) } }
        let plan = try await plan(Selection(series: ["mr", "locked"]), store)
        #expect(plan.series.map(\.id.series) == ["locked", "mr"])
        #expect(read.withLock(\.self) == ["studies/S/series/mr/metadata.json"])
    }

    @Test("By modality: a series whose modality is not known has none")
    func byModality() async throws {
        #expect(try await plan(Selection(modalities: ["MR", "PT"])).series.map(\.id.series) == ["mr"])
        #expect(try await plan(Selection(modalities: ["US"])).studies.map { $0.failure == nil && $0.series.isEmpty } == [true])
    }

    @Test("By instance: the others stay in the plan unwanted, for the archive's layout")
    func byInstance() async throws {
        let plan = try await plan(Selection(instances: ["c2", "n1"]))
        #expect(plan.series.map(\.id.series) == ["ct", "none"])
        #expect(plan.series.flatMap { $0.instances.map(\.isWanted) } == [false, true, true])
    }

    @Test("Locked series and those with an error log are left out unread, and are not missing")
    func withoutLocked() async throws {
        var store = Self.store
        store.contents["studies/S/series/ct/.gradient.lock"] = []
        store.contents["studies/S/series/mr/error.log"] = []
        store.contents["studies/S/series/ct/metadata.json"] = Array("{".utf8)
        let read = Mutex<[String]>([])
        store.onRead = { path in read.withLock { $0.append(path) } }
        #expect(try await plan(Selection(skipsLocked: true), store).series.map(\.id.series) == ["none"])
        #expect(read.withLock(\.self) == ["studies/S/series/none/metadata.json"])
        #expect(try await plan(Selection(series: ["ct", "none"], skipsLocked: true), store).series.map(\.id.series) == ["none"])
        // Instances in them are there; those that are nowhere are named all the same.
        let found = try await plan(Selection(instances: ["m1", "n1"], skipsLocked: true), store)
        #expect(found.series.map(\.id.series) == ["none"])
        let missing = try await plan(Selection(instances: ["m1", "nowhere"], skipsLocked: true), store)
        #expect(missing.series.map { $0.failure?.code } == [.selectionNotFound])
        #expect(missing.studies[0].series.first?.failure?.message.contains("instance nowhere is") == true)
    }

    @Test("Conditions on different properties must all hold")
    func combined() async throws {
        #expect(try await plan(Selection(series: ["ct", "mr"], modalities: ["MR"])).series.map(\.id.series) == ["mr"])
        // The instance is there, in a series that another condition leaves out: nothing is missing.
        #expect(try await plan(Selection(instances: ["c1"], modalities: ["MR"])).series.map(\.id.series) == [])
    }

    @Test("A series named in vain is reported as a failed series")
    func missingSeries() async throws {
        let plan = try await plan(Selection(series: ["ct", "absent"]))
        #expect(plan.series.map(\.id.series) == ["ct", "absent"])
        let failure = plan.studies[0].series.last?.failure
        #expect(failure?.code == .selectionNotFound && failure?.series == "absent")
        #expect(failure?.message == "The series absent is not in the study S in gs://bucket/prefix.")
    }

    @Test("A series named for several studies need be in one of them only")
    func seriesInOneOfSeveral() async throws {
        let plan = try await plan(Selection(series: ["ct2", "absent"]), Self.store, ["S", "T"])
        #expect(plan.series.map(\.id.description) == ["S/absent", "T/ct2"])
        #expect(plan.studies[0].series.first?.failure?.message.contains("any of the 2 studies") == true)
    }

    @Test("Instances named in vain are reported once, by name")
    func missingInstances() async throws {
        let one = try await plan(Selection(instances: ["c1", "absent"]))
        #expect(one.series.map(\.id.series) == ["ct", MissingNames.unknownSeries])
        let failure = one.studies[0].series.last?.failure
        #expect(failure?.code == .selectionNotFound && failure?.instance == "absent")
        #expect(failure?.message.hasPrefix("The instance absent is in no series that was searched of the study S in ") == true)

        let many = try await plan(Selection(instances: Set((10..<25).map { "x\($0)" })))
        #expect(many.series.map(\.id.series) == [MissingNames.unknownSeries])
        #expect(many.studies[0].series.first?.failure?.message.contains("x19 and 5 more are in no series") == true)
    }

    @Test("Names in vain are not blamed on a study that failed itself")
    func missingInFailedStudy() async throws {
        let plan = try await plan(Selection(series: ["absent"]), Self.store, ["nowhere", "T"])
        #expect(plan.studies.map(\.series.count) == [0, 1])
        #expect(try await self.plan(Selection(series: ["absent"]), Self.store, ["nowhere"]).studies.map(\.series.count) == [0])
    }

    @Test("A series that cannot be read stays in the plan whatever is selected: nobody knows that it is not wanted")
    func unreadableSeries() async throws {
        var store = Self.store
        store.contents["studies/S/series/ct/metadata.json"] = [0x7B]
        store.contents["studies/S/series/mr/metadata.json"] = nil
        for selection in [Selection(modalities: ["PT"]), Selection(instances: ["n1"])] {
            let failures = try await plan(selection, store).series.compactMap(\.failure?.code)
            #expect(failures == [.damagedMetadata, .missingMetadata])
        }
    }
}

import CodCore
import Logging
import Synchronization
import Testing

@testable import CodTransport

@Suite("Attributes choose instances on the plan")
struct AttributeSelectionTests {
    /// Series `a` (three instances, numbers against the order of the archive), `b` (of which one has no number) and `c`.
    static func store(isPacked: Bool = false) -> MemoryStore {
        var store = MemoryStore()
        func add(_ series: String, _ models: [(uid: String, model: String?)]) {
            store.add("S", series)
            let records = models.enumerated().map { position, instance in
                let model = instance.model.map { #","metadata":\#(isPacked ? "\"\(packed($0))\"" : $0)"# } ?? ""
                return #""\#(instance.uid)":{"size":5,"headers":{"start_byte":\#(1536 * (position + 1))}\#(model)}"#
            }
            store.contents["studies/S/series/\(series)/metadata.json"] = Array(
                #"{"cod":{"instances":{\#(records.joined(separator: ","))}}}"#.utf8)
        }
        func model(_ number: Int?, _ description: String, _ type: String = "AXIAL") -> String {
            let number = number.map { #","00200013":{"Value":[\#($0)]}"# } ?? ""
            return
                #"{"00080008":{"Value":["ORIGINAL","\#(type)"]},"00080060":{"Value":["CT"]},"0008103E":{"Value":["\#(description)"]}\#(number)}"#
        }
        add("a", (0..<5).map { ("a\($0)", model(9 - $0, "Chest lung", $0 == 0 ? "LOCALIZER" : "AXIAL")) })
        add("b", (0..<4).map { ("b\($0)", model($0 == 2 ? nil : 9 - $0, "Chest bone")) })
        add("c", [("c0", nil), ("c1", model(1, "Head"))])
        return store
    }

    /// The wanted instances, and what was told beside.
    func plan(_ selection: Selection, _ store: MemoryStore) async throws -> (
        plan: RetrievalPlan, wanted: [String], notices: [String]
    ) {
        let said = Said()
        let context = StageContext(logger: Logger(label: "t") { _ in said })
        let plan = try await StoreCatalog(store: store, context: context).plan(for: ["S"], selection: selection)
        return (plan, plan.series.flatMap { $0.instances.filter(\.isWanted).map(\.uid) }, said.lines.withLock(\.self))
    }

    @Test(
        "Instances that match are wanted, the others stay for the layout; series without any are not in the plan",
        arguments: [false, true])
    func conditions(isPacked: Bool) async throws {
        let store = Self.store(isPacked: isPacked)
        let axial = try await plan(Selection(attributes: [AttributeCondition(parsing: "ImageType=LOCALIZER")]), store)
        #expect(axial.wanted == ["a0"] && axial.plan.series.map(\.id.series) == ["a"])
        #expect(axial.plan.series.first { _ in true }?.instances.count == 5)
        #expect(axial.plan.series.allSatisfy { !$0.isWantedWhole })
        #expect(axial.notices.contains("ImageType=LOCALIZER: 1 of 3 series has matching instances, 1 of 11."))
        #expect(axial.notices.contains { $0.hasPrefix("1 of 2 instances of the series S/c have no attributes") })

        let described = try await plan(Selection(seriesDescriptions: [Glob("*lung"), Glob("head")]), store)
        #expect(described.wanted == ["a0", "a1", "a2", "a3", "a4", "c1"])
        #expect(
            described.notices.contains(
                "SeriesDescription=*lung, SeriesDescription=head: 2 of 3 series have matching instances, 6 of 11."))

        let none = try await plan(Selection(attributes: [AttributeCondition(parsing: "PatientSex=F")]), store)
        #expect(none.wanted.isEmpty && none.plan.studies.map(\.series.count) == [0])
        #expect(none.plan.studies[0].failure == nil)
    }

    @Test(
        "Every second: by Instance Number where all have one, else by the archive; after all other conditions",
        arguments: [false, true])
    func every(isPacked: Bool) async throws {
        let store = Self.store(isPacked: isPacked)
        let two = try await plan(Selection(every: 2), store)
        #expect(two.wanted == ["a0", "a2", "a4", "b0", "b2", "c0"])
        #expect(two.notices == ["Of each series one instance in 2 is wanted: 6 of 11 in 3 series."])
        let three = try await plan(Selection(every: 3), store)
        // Numbers 5, 6, 7, 8, 9 are a4 to a0.
        #expect(three.wanted == ["a1", "a4", "b0", "b3", "c0"])
        let both = try await plan(Selection(attributes: [AttributeCondition(parsing: "ImageType=AXIAL")], every: 3), store)
        #expect(both.wanted == ["a1", "a4", "b0", "b3", "c1"])
        #expect(
            both.notices.contains(
                "ImageType=AXIAL: 3 of 3 series have matching instances, 9 of 11; of these one instance in 3 of each series is wanted, 5."
            )
        )
        #expect(try await plan(Selection(every: 100), store).wanted == ["a4", "b0", "c0"])
        #expect(try await plan(Selection(every: 1), store).wanted.count == 11)
        let named = try await plan(Selection(instances: ["a0", "a1", "a2"], every: 2), store)
        #expect(named.wanted == ["a0", "a2"] && named.plan.series.map(\.id.series) == ["a"])
    }

    @Test("Conditions hold besides series, instances and modalities; names in vain are still told")
    func combined() async throws {
        let axial = try AttributeCondition(parsing: "ImageType=AXIAL")
        #expect(try await plan(Selection(series: ["a"], attributes: [axial]), Self.store()).wanted == ["a1", "a2", "a3", "a4"])
        #expect(try await plan(Selection(modalities: ["MR"], attributes: [axial]), Self.store()).wanted.isEmpty)
        // It is there, and another condition leaves it out: nothing is missing.
        let left = try await plan(Selection(instances: ["a0"], attributes: [axial]), Self.store())
        #expect(left.plan.studies.map(\.series.count) == [0])
        let missing = try await plan(Selection(instances: ["nowhere", "a1"], attributes: [axial]), Self.store())
        #expect(missing.plan.series.compactMap(\.failure?.code) == [.selectionNotFound])
    }

    @Test("Packed attributes that are damaged fail their series alone, and only where they are asked for")
    func damaged() async throws {
        var store = Self.store(isPacked: true)
        store.contents["studies/S/series/b/metadata.json"] = Array(
            #"{"cod":{"instances":{"b0":{"size":5,"metadata":"\#(packed("{}"))"},"b1":{"size":5,"metadata":"AAAA"}}}}"#.utf8)
        let asked = try await plan(Selection(attributes: [AttributeCondition(parsing: "ImageType=AXIAL")]), store)
        #expect(asked.wanted == ["a1", "a2", "a3", "a4", "c1"])
        let failure = asked.plan.series.compactMap(\.failure).first
        #expect(failure?.code == .damagedMetadata && failure?.series == "b" && failure?.message.contains("instance b1") == true)
        #expect(try await plan(.everything, store).plan.series.allSatisfy { $0.failure == nil })
    }

    @Test("Series that are left out as locked are looked at before they are named: those that do not match are not told")
    func locked() async throws {
        var store = Self.store()
        for series in ["a", "b"] { store.contents["studies/S/series/\(series)/.gradient.lock"] = [] }
        let selection = try Selection(skipsLocked: true, attributes: [AttributeCondition(parsing: "SeriesDescription=*lung")])
        let found = try await plan(selection, store)
        #expect(found.wanted.isEmpty)
        #expect(found.notices.contains { $0.contains("S/a") } && !found.notices.contains { $0.contains("S/b") })
    }

    @Test("An empty series, and one without metadata, is none that is asked for by attributes")
    func empty() async throws {
        var store = Self.store()
        store.contents["studies/S/series/d/.gradient.lock"] = []
        store.add("S", "e", instances: [], archiveByteCount: nil)
        let found = try await plan(Selection(attributes: [AttributeCondition(parsing: "ImageType!=AXIAL")]), store)
        #expect(found.plan.series.map(\.id.series) == ["a", "c"] && found.wanted == ["a0", "c0"])
    }
}

/// Keeps what is logged.
private final class Said: LogHandler {
    let lines = Mutex<[String]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .notice }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { lines.withLock { $0.append("\(event.message)") } }
}

import Synchronization
import Testing

@testable import CodCore

@Suite("Finishers are asked before a run begins")
struct FinisherTests {
    /// Notes what it is asked, and fails where it is told to.
    private final class AskedFinisher: Finisher {
        let failing: Set<String>
        let calls = Mutex<[String]>([])

        init(failing: Set<String> = []) { self.failing = failing }

        private func note(_ call: String, _ what: String) throws {
            calls.withLock { $0.append("\(call) \(what)") }
            if failing.contains(call) { throw CodError(.outputUnusable, "No \(call).", reach: .job) }
        }

        func prepare(for plan: RetrievalPlan) async throws { try note("prepare", "\(plan.studies.map(\.uid))") }

        func requireRoom(for studies: [ExpectedStudy]) async throws {
            try note("room", "\(studies.map { "\($0.uid) \($0.saved.count) \($0.missingByteCounts) \($0.isSaved)" })")
        }

        func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
            try note("run", input.uid)
            return input
        }
    }

    private static func pipeline(
        _ store: MemoryStore, _ sink: MemorySink, _ finishers: AskedFinisher..., isSecondLeftOut: Bool = false
    ) -> Pipeline {
        let first = finishers[0]
        let second = finishers.last ?? first
        return Pipeline {
            MemoryFetcher(objects: store.objects)
            FramedExtractor()
            sink
            first
            if !isSecondLeftOut {
                second
                second
            }
        }
    }

    @Test("Each is prepared once, before anything is looked at, and then told what is saved and missing, also behind an if")
    func asked() async throws {
        let store = MemoryStore(studies: [[2], [1]])
        let (first, second) = (AskedFinisher(), AskedFinisher())
        let sink = MemorySink(held: Set(store.plan.studies[1].series[0].instances.map(\.uid)))
        try await Self.pipeline(store, sink, first, second).run(store.plan)
        let room = #"room ["s0 0 [20, 20] false", "s1 1 [] true"]"#
        let before = [#"prepare ["s0", "s1"]"#, room]
        #expect(first.calls.withLock { Array($0.prefix(2)) } == before)
        #expect(first.calls.withLock { Set($0.dropFirst(2)) } == ["run s0", "run s1"])
        #expect(second.calls.withLock { Array($0.prefix(4)) } == before.flatMap { [$0, $0] })
        let none = AskedFinisher()
        try await Self.pipeline(store, sink, first, none, isSecondLeftOut: true).run(store.plan)
        #expect(none.calls.withLock { $0.isEmpty })
    }

    @Test("One that cannot do its work stops the run before anything is fetched", arguments: ["prepare", "room"])
    func refusing(call: String) async throws {
        let store = MemoryStore(studies: [[2]])
        let sink = MemorySink()
        let finisher = AskedFinisher(failing: [call])
        let report = await Self.pipeline(store, sink, finisher).job(for: store.plan).start()
        #expect(report.interruption?.code == .outputUnusable && report.savedCount == 0 && sink.written.isEmpty)
        #expect(finisher.calls.withLock { !$0.contains { $0.hasPrefix("run") } } && sink.calls.last == "close")
    }

    @Test("A rehearsal asks for room alone")
    func rehearsal() async throws {
        let store = MemoryStore(studies: [[2]])
        let finisher = AskedFinisher(failing: ["room"])
        let (_, obstacle) = try await Self.pipeline(store, MemorySink(), finisher).rehearse(store.plan)
        #expect(obstacle?.message == "No room." && finisher.calls.withLock { $0.count } == 1)
    }
}

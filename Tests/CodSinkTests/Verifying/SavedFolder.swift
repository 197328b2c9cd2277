import CodCore
import Synchronization
import TestSupport

@testable import CodSink

/// An output folder with what tests put into it, and what a verification says of it.
struct SavedFolder {
    let folder: TemporaryFolder

    init(inMemory: Bool = false) throws {
        folder = try TemporaryFolder(inMemory: inMemory)
    }

    var path: String { folder["out"] }

    /// Saves instances the way a run does.
    func save(_ instances: [String: String], of series: SeriesID = series, withChecksums: Bool = true) async throws {
        let sink = DirectorySink(at: path, isDurable: false)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let all = instances.sorted { $0.key < $1.key }.flatMap { uid, text -> [InstanceEvent] in
            let instance = instance(
                uid, text.utf8.count, of: series, checksum: withChecksums ? checksum(of: text) : nil)
            let events = events(text, of: instance)
            return withChecksums ? events : events.dropLast() + [.end(checksum: nil)]
        }
        try await sink.feed(all, of: series)
        try await sink.close()
    }

    func put(_ text: String, at name: String) throws { try folder.put(text, at: "out/\(name)") }

    /// Where an instance's file is.
    func file(_ uid: String) -> String { "1.2.3/4.5.6/instances/\(uid).dcm" }

    func records(_ study: String = "1.2.3", _ series: String = "4.5.6") -> String {
        folder.text("out/.cod/records/\(study)/\(series).txt") ?? ""
    }

    /// Verifies it; answers the report, and of each finding `<kind> <path>` in alphabetical order.
    func verify(
        _ studies: [String] = [], laneCount: Int = 3
    ) async throws -> (report: VerificationReport, findings: [String], all: [VerificationFinding]) {
        let (report, events) = try await verifyTelling(studies, laneCount: laneCount)
        let findings = events.compactMap { if case .finding(let finding) = $0 { finding } else { nil } }
        return (report, findings.map { "\($0.kind) \($0.path)" }.sorted(), findings)
    }

    func verifyTelling(_ studies: [String] = [], laneCount: Int = 3) async throws -> (VerificationReport, [VerificationEvent]) {
        let seen = Seen()
        let report = try await OutputVerifier(at: path, laneCount: laneCount).run(studies: studies) { seen.add($0) }
        return (report, seen.events)
    }

    private final class Seen: Sendable {
        private let content = Mutex<[VerificationEvent]>([])
        var events: [VerificationEvent] { content.withLock { $0 } }
        func add(_ event: VerificationEvent) { content.withLock { $0.append(event) } }
    }
}

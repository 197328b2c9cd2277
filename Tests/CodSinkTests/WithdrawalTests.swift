import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("A record does not vouch for a file that was put in another's place")
struct WithdrawalTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sink() -> DirectorySink { DirectorySink(at: folder["out"]) }

    /// Saves an instance as a run does that ends before it can record it.
    private func saveUnrecorded(_ text: String, as uid: String, knowing series: SeriesPlan?) async throws {
        let sink = sink()
        try await sink.prepare(for: RetrievalPlan(studies: []))
        if let series { _ = try await sink.inventory(of: series) }
        let events = events(text, of: instance(uid, text.utf8.count))
        var position = 1
        var body = InstanceBody {
            defer { position += 1 }
            return position < events.count ? events[position] : nil
        }
        _ = try await sink.save(instance(uid, text.utf8.count), body: &body)
        // Nothing is committed.
    }

    enum Way: CaseIterable {
        /// The run knows that the file of the record is gone.
        case fileIsGone
        /// It knows nothing, and finds a file of that name.
        case fileIsThere
    }

    @Test("whether the run knew of the record or finds a file", arguments: Way.allCases, ["7", "unlisted"])
    func interrupted(way: Way, uid: String) async throws {
        try await sink().runSaving("0123456789", as: uid)
        let path = "out/1.2.3/4.5.6/instances/\(uid).dcm"
        let wanted = plan([planned("7", 10, checksum: checksum(of: "0123456789"))])
        if way == .fileIsGone { try FileManager.default.removeItem(atPath: folder[path]) }
        try await saveUnrecorded("9876543210", as: uid, knowing: way == .fileIsGone ? wanted : nil)
        #expect(folder.text(path) == "9876543210")
        let root = try OpenFile.folder(at: folder["out"])
        #expect(SeriesRecords(of: series, in: root)[instance: uid] == nil)
        if uid != "7" { return }
        // The next run reads it, and has it fetched again.
        let next = sink()
        try await next.prepare(for: RetrievalPlan(studies: []))
        #expect(try await next.inventory(of: wanted).isEmpty)
        try await next.close()
    }
}

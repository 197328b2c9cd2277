import CodCore
import Synchronization
import Testing

@testable import CodSink

@Suite("Making durable what a portion saved")
struct CommittingTests {
    let folder: TemporaryFolder
    let sink: DirectorySink

    init() throws {
        folder = try TemporaryFolder()
        sink = DirectorySink(at: folder["out"])
    }

    @Test(
        "What could not be brought to the disk is taken back: no instance, no file, no note, no entry, and the failure stops the job"
    )
    func syncFailure() async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.feed(events("abc", of: instance("before", 3)))
        let sink = sink
        let result = try await sink.feed(events("0123456789", of: instance("7"))) { position in
            if position == 2 { sink.state.syncFailure = CodError(.writeFailed, "The disk is broken.", reach: .job) }
        }
        try await sink.close()
        #expect(result.instances.isEmpty)
        #expect(result.failures.map(\.code) == [.writeFailed])
        #expect(result.failures.map(\.reach) == [.job])
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["before.dcm"])
        #expect(folder.text("out/.cod/records/1.2.3/4.5.6.txt")?.contains("7 10") == false)
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/before"])
    }

    @Test("A run after one whose disk failed starts anew")
    func failureIsForgotten() async throws {
        sink.state.syncFailure = CodError(.writeFailed, "The disk is broken.", reach: .job)
        try await sink.close()
        #expect(try await sink.runSaving("0123456789", as: "7").instances.count == 1)
    }

    @Test("A cancelled run notes and lists what is whole")
    func cancelled() async throws {
        let sink = sink
        let task = Task {
            try await sink.feed(events("0123456789", of: instance("7")) + events("abc", of: instance("8", 3))) { position in
                guard position == 5 else { return }
                withUnsafeCurrentTask { $0?.cancel() }
                throw CancellationError()
            }
        }
        let result = try await task.value
        try await sink.close()
        #expect(result.instances.map(\.instance.uid) == ["7"])
        #expect(result.failures.map(\.code) == [.cancelled])
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/7"])
        #expect(folder.text("out/.cod/records/1.2.3/4.5.6.txt")?.hasPrefix("7 10 ") == true)
    }
}

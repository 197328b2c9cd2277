import CodCore
import Synchronization
import SystemPackage
import TestSupport
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

    private func sink(isDurable: Bool = true, sync: @escaping InstanceSync) -> DirectorySink {
        DirectorySink(at: folder["out"], isDurable: isDurable, usesUnnamedFiles: true, sync: sync)
    }

    @Test("A portion is brought to the disk once, when all of it stands there and before it is noted")
    func order() async throws {
        let folder = folder
        let seen = Mutex<[[String]]>([])
        let sink = sink { _, instances in
            seen.withLock { $0.append(instances.map(\.instance.uid)) }
            #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["7.dcm", "8.dcm"])
            #expect(!folder.exists("out/.cod/records"))
        }
        try await sink.feed(events("0123456789", of: instance("7")) + events("abc", of: instance("8", 3)))
        try await sink.close()
        #expect(seen.withLock { $0 } == [["7", "8"]])
        #expect(folder.exists("out/.cod/records/1.2.3/4.5.6.txt"))
    }

    @Test("A sink that need not be durable does not wait for the disk, and notes all the same")
    func notDurable() async throws {
        let sink = sink(isDurable: false) { _, _ in Issue.record("It waited.") }
        #expect(try await sink.runSaving("0123456789", as: "7").instances.count == 1)
        #expect(folder.exists("out/.cod/records/1.2.3/4.5.6.txt"))
    }

    @Test("A portion of which nothing was saved does not wait for the disk")
    func nothingSaved() async throws {
        let sink = sink { _, _ in Issue.record("It waited.") }
        try await sink.feed([.begin(instance()), .failed(CodError(.checksumMismatch, "No."))])
        try await sink.close()
    }

    @Test("The disk itself takes it")
    func realDisk() throws {
        try folder.put("abc", at: "7.dcm")
        let saved = SavedInstance(instance: instance("7", 3), path: "7.dcm", root: folder.path)
        try syncInstances(in: OpenFile.folder(at: folder.path), [saved])
    }

    @Test(
        "A file system that cannot be asked is none that failed", arguments: [Errno.notSupported, .invalidArgument, .noFunction])
    func cannotBeAsked(_ errno: Errno) async throws {
        let result = try await sink { _, _ throws(Errno) in throw errno }.runSaving("0123456789", as: "7")
        #expect(result.instances.count == 1)
        #expect(result.failures.isEmpty)
    }

    @Test(
        "What could not be brought to the disk is taken back: no instance, no file, no note, no entry, and the failure stops the job",
        arguments: [Errno.ioError, .noSpace, .diskQuotaExceeded, .staleNFSFileHandle])
    func syncFailure(_ errno: Errno) async throws {
        let sink = sink { _, instances throws(Errno) in
            if instances.contains(where: { $0.instance.uid == "7" }) { throw errno }
        }
        try await sink.prepare(for: RetrievalPlan(studies: []))
        try await sink.feed(events("abc", of: instance("before", 3)))
        let result = try await sink.feed(events("0123456789", of: instance("7")))
        #expect(result.instances.isEmpty)
        #expect(result.failures.map(\.code) == [.writeFailed])
        #expect(result.failures.map(\.reach) == [.job])
        // One that was in flight: the system tells of an error once, so this one would seem to be well.
        let later = try await sink.feed(events("0123456789", of: instance("later")))
        #expect(later.instances.isEmpty)
        #expect(later.failures.map(\.reach) == [.job])
        try await sink.close()
        #expect(folder.names(in: "out/1.2.3/4.5.6/instances") == ["before.dcm"])
        #expect(folder.text("out/.cod/records/1.2.3/4.5.6.txt")?.split(separator: "\n").count == 1)
        #expect(try loggedEntries(folder.text("out/log.json")) == ["1.2.3/4.5.6/before"])
    }

    @Test("A run after one whose disk failed starts anew")
    func failureIsForgotten() async throws {
        sink.state.syncFailure = CodError(.writeFailed, "The disk is broken.", reach: .job)
        try await sink.close()
        #expect(try await sink.runSaving("0123456789", as: "7").instances.count == 1)
    }

    @Test("A cancelled run lists what is whole, and notes nothing of it: it does not wait for the disk")
    func cancelled() async throws {
        let sink = sink { _, _ in Issue.record("It waited.") }
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
        #expect(!folder.exists("out/.cod/records"))
        #expect(try await self.sink.inventory(of: plan([planned("7", 10)])).count == 1)
    }

    @Test("A cancelled run of a sink that need not be durable notes what is whole")
    func cancelledNotDurable() async throws {
        let sink = sink(isDurable: false) { _, _ in Issue.record("It waited.") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await sink.feed(events("0123456789", of: instance("7")))
        }
        #expect(try await task.value.instances.count == 1)
        try await sink.close()
        #expect(folder.text("out/.cod/records/1.2.3/4.5.6.txt")?.hasPrefix("7 10 ") == true)
    }
}

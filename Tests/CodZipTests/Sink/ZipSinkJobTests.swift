import CodCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CodZip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A job that ends in zips")
struct ZipSinkJobTests {
    /// The store, and all stages above a sink in one.
    struct Source: Stage {
        let studies: [ZipStudy]
        var failing: Set<String> = []
        var asked = Asked()

        final class Asked: Sendable {
            let count = Atomic(0)
        }

        func run(_ input: consuming Portion, in context: StageContext) async throws -> InstanceStream {
            let portion = input
            let wanted = Set(portion.instances.filter(\.isWanted).map(\.uid))
            let stored = studies.flatMap(\.stored).filter { $0.id == portion.series && wanted.contains($0.uid) }
            asked.count.add(stored.count, ordering: .relaxed)
            let events = stored.flatMap { stored -> [InstanceEvent] in
                let events = stored.events(chunkByteCount: 30_000)
                guard failing.contains(stored.uid) else { return events }
                return events.dropLast() + [.failed(CodError(.checksumMismatch, "Made to fail.", reach: .instance))]
            }
            return InstanceStream(of: portion) {
                var rest = events[...]
                return InstanceStream.AsyncIterator { rest.popFirst() }
            }
        }
    }

    private let folder: TemporaryFolder
    private let studies: [ZipStudy]

    init() throws {
        folder = try TemporaryFolder()
        studies = (0..<3).map { number in
            var study = ZipStudy(uid: "1.2.\(number)")
            for instance in 0..<8 {
                study.add(ramp(5000 + instance), as: "\(number).\(instance)", in: "4.\(number).\(instance % 2)")
            }
            return study
        }
    }

    private func run(failing: Set<String> = []) async -> (report: RetrievalReport, askedCount: Int, archives: [ClosedArtifact]) {
        let source = Source(studies: studies, failing: failing)
        let pipeline = Pipeline {
            source
            ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true)
        }
        let job = pipeline.job(for: RetrievalPlan(studies: studies.flatMap(\.plan.studies)))
        let archives = Mutex<[ClosedArtifact]>([])
        let events = job.events
        async let report = job.start()
        for await event in events {
            if case .archive(let archive) = event { archives.withLock { $0.append(archive) } }
        }
        return (await report, source.asked.count.load(ordering: .relaxed), archives.withLock { $0 })
    }

    @Test("tells of each of them, and asks the store for nothing the second time")
    func twice() async throws {
        for round in 0..<2 {
            let (report, askedCount, archives) = await run()
            #expect(report.isComplete, "\(report.failures)")
            #expect(askedCount == (round == 0 ? 24 : 0))
            #expect(report.savedCount == (round == 0 ? 24 : 0) && report.skippedCount == (round == 0 ? 0 : 24))
            #expect(Set(archives.map(\.path)) == Set(studies.map { folder["zips/\($0.uid).zip"] }))
            #expect(archives.allSatisfy { ($0.size ?? 0) > 100 })
        }
        for study in studies { #expect(try ZipContent.unpacked(folder["zips/\(study.uid).zip"]) == study.expected) }
    }

    @Test("names the study that gets none, and makes it the next time")
    func failing() async throws {
        let first = await run(failing: ["1.3"])
        #expect(first.report.failures.contains { $0.code == .refused && $0.study == "1.2.1" && $0.reach == .study })
        #expect(first.report.failures.contains { $0.code == .checksumMismatch && $0.instance == "1.3" })
        #expect(first.report.failedCount == 1 && first.report.interruption == nil)
        #expect(Set(first.archives.map(\.study)) == ["1.2.0", "1.2.2"])
        let second = await run()
        #expect(second.askedCount == 1)
        #expect(second.report.isComplete)
        #expect(Set(second.archives.map(\.study)) == ["1.2.0", "1.2.1", "1.2.2"])
        #expect(try ZipContent.unpacked(folder["zips/1.2.1.zip"]) == studies[1].expected)
    }

    @Test("may be killed anywhere: what was saved is not fetched again", arguments: [1, 9, 14, 25, 37])
    func killed(position: Int) async throws {
        let path = folder["zips"]
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, position = position as Int] in
            let study = Self.study
            let sink = ZipSink(into: path, isDurable: false, usesUnnamedFiles: true)
            try await sink.prepare(for: study.plan)
            let events = study.stored.flatMap { $0.events(chunkByteCount: 30_000) }
            try await sink.runPortion(of: study.series[0], events) { if $0 == position { kill(getpid(), SIGKILL) } }
        }
        let study = Self.study
        var eventCount = 0
        let wholeCount = study.stored.count { stored in
            eventCount += stored.events(chunkByteCount: 30_000).count
            return eventCount <= position
        }
        let sink = ZipSink(into: path, isDurable: false, usesUnnamedFiles: true)
        let outcome = try await study.retrieve(into: sink)
        #expect(outcome.fetched.count == study.stored.count - wholeCount)
        #expect(folder.names(in: "zips") == ["1.2.3.zip"])
        #expect(try ZipContent.unpacked(folder["zips/1.2.3.zip"]) == study.expected)
    }

    private static var study: ZipStudy {
        var study = ZipStudy()
        study.add(ramp(10_000), as: "1")
        study.add(noise(40_000), as: "2")
        study.add(ramp(1_100_000), as: "3")
        return study
    }

    @Test("leaves nothing behind where another run got ahead, but what the finished zip lacks", arguments: [false, true])
    func overtaken(byAnother isOther: Bool) async throws {
        var study = ZipStudy()
        study.add(ramp(10_000), as: "1")
        let first = ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true)
        _ = try await study.retrieve(into: first)
        var mine = ZipStudy()
        mine.add(isOther ? noise(10_000) : ramp(10_000), as: "1")
        let second = ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true)
        try await second.prepare(for: mine.plan)
        let stored = mine.stored[0]
        try await second.runPortion(of: stored.id, stored.events(chunkByteCount: 3_000))
        try await second.close()
        let rest = [".1.2.3.zip.journal", ".1.2.3.zip.partial"]
        #expect(folder.names(in: "zips") == (isOther ? rest : []) + ["1.2.3.zip"])
    }

    @Test("and another one on the same study never spoil each other's zip")
    func twoAtOnce() async throws {
        let study = studies[0]
        for round in 0..<60 {
            if round % 3 == 0 { try? FileManager.default.removeItem(atPath: folder["zips"]) }
            let endings = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let sink = ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: true)
                        do {
                            let outcome = try await study.retrieve(into: sink)
                            return outcome.failure == nil
                        } catch {
                            try? await sink.close()
                            #expect("\(error)".contains("is filling"), "\(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(endings.contains(true))
            for stored in study.stored {
                #expect(try ZipContent.bytes(of: stored.name, study: study.uid, in: folder["zips"]) == stored.bytes)
            }
            #expect(folder.names(in: "zips") == ["\(study.uid).zip"])
        }
    }
}

import CodCore
import CodRetrieve
import CodTesting
import CodZip
import Foundation
import TestSupport
import Testing

@testable import StudyService

@Suite("StudyService: studies over HTTP, retrieved on demand")
struct StudyServiceTests {
    @Test("A study arrives as the zip that a pipeline makes of it; asked again it is not fetched again")
    func zip() async throws {
        try await RunningService.with { service in
            let study = service.studies[0]
            let first = try await service.get("/studies/\(study).zip")
            #expect(first.status == 200 && first.fields["content-type"] == "application/zip")
            #expect(first.fields["content-length"] == String(first.body.count))
            var options = ZipOptions()
            options.timestamp = .earliest
            let served = service.served
            let access = try StoreAccess(served.source, options: served.options)
            try await access.pipeline(zippingInto: served.folder["direct"], options: options)
                .run(access.catalog.plan(for: [study]))
            #expect(FileManager.default.contents(atPath: served.folder["direct/\(study).zip"]).map(Array.init) == first.body)

            served.store.clearLog()
            let second = try await service.get("/studies/\(study).zip")
            #expect(second.body == first.body && served.archiveReadCount == 0)
            #expect(service.cached.count == 1)
        }
    }

    @Test("What there is of a study is a row a series, with what lies here")
    func description() async throws {
        struct Row: Decodable {
            let series: String
            let instances, saved: Int
        }
        struct Study: Decodable {
            let study: String
            let series: [Row]
        }
        try await RunningService.with { service in
            let study = service.studies[0]
            for savedCount in [0, 3] {
                let answer = try await service.get("/studies/\(study)")
                #expect(answer.status == 200 && answer.fields["content-type"] == "application/json")
                let row = try JSONDecoder().decode(Study.self, from: Data(answer.body))
                #expect(
                    row.study == study && Set(row.series.map(\.series)) == Set(service.served.written.series.map(\.id.series)))
                #expect(row.series.allSatisfy { $0.instances == 3 && $0.saved == savedCount })
                #expect(try await service.get("/studies/\(study).zip").status == 200)
            }
        }
    }

    @Test("Two who ask at once are served by one retrieval")
    func together() async throws {
        try await RunningService.with { service in
            let study = service.studies[0]
            let gate = LoopbackStore.Gate()
            service.served.store.script(matching: .object(suffix: ".tar"), faults: [.stall(afterByteCount: 100, until: gate)])
            async let first = service.get("/studies/\(study).zip")
            async let second = service.get("/studies/\(study).zip")
            await service.notes.wait(for: .joined(study: study, waiterCount: 2))
            await gate.arrival()
            gate.open()
            let answers = try await [first, second]
            #expect(answers.map(\.status) == [200, 200] && answers[0].body == answers[1].body)
            #expect(service.notes.all.count { $0 == .began(study: study) } == 1)
            #expect(service.served.archiveReadCount == 2)
        }
    }

    @Test("A study that is not there is 404, and nothing is left of it")
    func missing() async throws {
        try await RunningService.with { service in
            for path in ["/studies/1.2.3.zip", "/studies/1.2.3"] {
                let answer = try await service.get(path)
                #expect(answer.status == 404 && answer.code == "studyNotFound")
            }
            #expect(service.cached == [])
        }
    }

    @Test(
        "What is no identifier never becomes a name, or reaches the store",
        arguments: [
            "..zip", "...zip", "..%2F..%2Fetc%2Fpasswd.zip", "%2e%2e.zip", "1.2%00.zip", ".cod.zip", "log.json", "1%2F2",
            String(repeating: "1", count: 129), "1.2;x=y.zip", "~root.zip",
        ])
    func hostilePaths(_ name: String) async throws {
        try await RunningService.with { service in
            let answer = try await service.get("/studies/\(name)")
            #expect(answer.status == 400 && answer.code == "invalidIdentifier")
            #expect(service.served.store.log.isEmpty && service.cached == [])
        }
    }

    @Test("A caller who goes away stops a retrieval that nobody else waits for: nothing is left, and it can be asked for again")
    func cancelled() async throws {
        try await RunningService.with { service in
            let study = service.studies[0]
            let gate = LoopbackStore.Gate()
            service.served.store.script(matching: .object(suffix: ".tar"), faults: [.stall(afterByteCount: 100, until: gate)])
            let caller = Task { try await service.get("/studies/\(study).zip") }
            await gate.arrival()
            caller.cancel()
            await service.notes.wait(for: .left(study: study, waiterCount: 0))
            await service.notes.wait(for: .ended(study: study))
            _ = await caller.result
            #expect(service.cached == [] && service.notes.all.contains(.cancelled(study: study)))
            let again = try await service.get("/studies/\(study).zip")
            #expect(again.status == 200)
        }
    }

    @Test("One of two goes away: the other is served")
    func oneLeaves() async throws {
        try await RunningService.with { service in
            let study = service.studies[0]
            let gate = LoopbackStore.Gate()
            service.served.store.script(matching: .object(suffix: ".tar"), faults: [.stall(afterByteCount: 100, until: gate)])
            let caller = Task { try await service.get("/studies/\(study).zip") }
            await service.notes.wait(for: .joined(study: study, waiterCount: 1))
            async let other = service.get("/studies/\(study).zip")
            await service.notes.wait(for: .joined(study: study, waiterCount: 2))
            caller.cancel()
            await service.notes.wait(for: .left(study: study, waiterCount: 1))
            gate.open()
            let answer = try await other
            #expect(answer.status == 200)
            _ = await caller.result
            #expect(service.served.archiveReadCount == 2)
        }
    }

    @Test("When all retrievals are taken there is 503 and a time to come back")
    func busy() async throws {
        var limits = StudyZips.Limits()
        limits.retrievalCount = 1
        try await RunningService.with(studyCount: 2, limits: limits) { service in
            let gate = LoopbackStore.Gate()
            service.served.store.script(matching: .object(suffix: ".tar"), faults: [.stall(afterByteCount: 100, until: gate)])
            async let first = service.get("/studies/\(service.studies[0]).zip")
            await gate.arrival()
            let second = try await service.get("/studies/\(service.studies[1]).zip")
            #expect(second.status == 503 && second.code == "busy" && second.fields["retry-after"].flatMap { Int($0) } != nil)
            gate.open()
            #expect(try await first.status == 200)
            #expect(try await service.get("/studies/\(service.studies[1]).zip").status == 200)
        }
    }

    @Test("A store that fails is 502 with the cause, and no part of the study is sent or kept")
    func storeFails() async throws {
        try await RunningService.with { service in
            let study = service.studies[0]
            let archive = service.served.written.series[1].archiveName
            service.served.store.script(matching: .object(name: archive), faults: [.status(403)])
            let answer = try await service.get("/studies/\(study).zip")
            #expect(answer.status == 502 && answer.code == "forbidden")
            #expect(service.cached == [])
            service.served.store.script(matching: .list, faults: [.status(500)])
            #expect(try await service.get("/studies/\(study)").status == 502)
            service.served.store.clearScripts()
            #expect(try await service.get("/studies/\(study).zip").status == 200)
        }
    }

    @Test("The least recently asked for makes room; a study larger than the cache is refused")
    func eviction() async throws {
        try await ServedStudies.with(studyCount: 3) { served in
            let studies = served.written.studies.map(\.uid)
            func zips() -> [String: Int] {
                let paths = served.folder.everything.filter { $0.hasPrefix("cache/") && $0.hasSuffix(".zip") }
                return Dictionary(
                    uniqueKeysWithValues: paths.map { path in
                        let study = path.split(separator: "/").last?.dropLast(4) ?? ""
                        return (String(study), FileManager.default.contents(atPath: served.folder[path])?.count ?? 0)
                    })
            }
            try await served.withService { service in
                for study in studies.prefix(2) {
                    let answer = try await service.get("/studies/\(study).zip")
                    #expect(answer.status == 200)
                }
            }
            // What is there, and one byte less than is needed beside it.
            let archives = served.written.studies[2].series.reduce(0) { $0 + $1.archiveByteCount }
            var limits = StudyZips.Limits()
            limits.cacheByteCount = Int64(zips().values.reduce(0, +)) + archives - 1
            try await served.withService(limits: limits) { service in
                for study in [studies[0], studies[2]] {
                    let answer = try await service.get("/studies/\(study).zip")
                    #expect(answer.status == 200)
                }
                #expect(service.notes.all.contains(.evicted(count: 1)))
                #expect(Set(zips().keys) == [studies[0], studies[2]])
            }
            // The next service takes over what fits, and clears away what was left half done.
            limits.cacheByteCount = Int64(zips().values.max() ?? 0)
            try served.folder.put("", at: "cache/zips/half/.x.zip.partial")
            try await served.withService(limits: limits) { service in
                #expect(zips().count == 1 && !served.folder.exists("cache/zips/half"))
                let answer = try await service.get("/studies/\(studies[1]).zip")
                #expect(answer.status == 507 && answer.code == "tooLarge")
            }
        }
    }
}

@Suite("StudyService: the books of the cache")
struct CacheLedgerTests {
    /// Books with zips of these sizes, the first the least recently used.
    private static func ledger(_ zips: [(String, Int64)]) throws -> CacheLedger {
        var ledger = CacheLedger(limit: 100)
        for (key, byteCount) in zips {
            _ = try ledger.reserve(byteCount, for: key)
            _ = ledger.keep(byteCount, for: key)
        }
        return ledger
    }

    @Test("What is used least recently goes first, and only as much as must")
    func leastRecent() throws {
        var ledger = try Self.ledger([("a", 30), ("b", 30), ("c", 30)])
        // It is asked for again, and still right.
        _ = try ledger.reserve(0, for: "a")
        _ = ledger.keep(30, for: "a")
        #expect(ledger.byteCount == 90)
        let evicted = try ledger.reserve(40, for: "d")
        #expect(evicted == ["b"])
        let grown = ledger.keep(40, for: "d")
        #expect(grown == [] && ledger.byteCount == 100)
    }

    @Test("Room that is reserved is nobody else's, and comes back when nothing was made")
    func reserved() throws {
        var ledger = try Self.ledger([])
        _ = try ledger.reserve(60, for: "a")
        #expect(throws: CacheLedger.Refusal.occupied) { try ledger.reserve(50, for: "b") }
        #expect(throws: CacheLedger.Refusal.tooLarge) { try ledger.reserve(101, for: "b") }
        ledger.drop("a")
        let evicted = try ledger.reserve(100, for: "b")
        #expect(evicted == [] && ledger.byteCount == 100)
    }

    @Test("A zip that is made anew has its old one beside it where there is room; where there is not the old one goes")
    func anew() throws {
        var ledger = try Self.ledger([("a", 60)])
        let evicted = try ledger.reserve(60, for: "a")
        #expect(evicted == ["a"])
        _ = ledger.keep(50, for: "a")
        let beside = try ledger.reserve(50, for: "a")
        #expect(beside == [] && ledger.byteCount == 100)
        _ = ledger.keep(50, for: "a")
        #expect(ledger.byteCount == 50)
    }

    @Test("What turns out larger than it was said to be makes others go, and never what is being made")
    func grown() throws {
        var ledger = try Self.ledger([("a", 40), ("b", 40)])
        _ = try ledger.reserve(0, for: "a")
        _ = try ledger.reserve(10, for: "c")
        let evicted = ledger.keep(55, for: "c")
        #expect(evicted == ["b"])
    }
}

import CodCore

/// One check of a sink: the streams it is fed, and the judgement of what it made of them.
struct SinkTrial<SinkUnderTest: Sink>: Sendable {
    let check: String
    let sink: SinkUnderTest
    let readBack: @Sendable (SinkUnderTest, Instance) async throws -> [UInt8]?

    func savesWholeInstances() async throws {
        let instances = [1, 511, 512, 4096, 100_000].map { instance("size-\($0)", byteCount: $0) }
        var events: [InstanceEvent] = []
        for (index, instance) in instances.enumerated() {
            events += Self.events(of: instance, chunkByteCount: [1, 7, 512, 5000, 1 << 16][index])
        }
        try await run { sink in
            let result = try await sink.save(events, of: instances)
            try expectSaved(instances, in: result)
        }
        try await expectPublished(instances)
    }

    func saves(_ instances: [Instance]) async throws {
        let events = instances.flatMap { Self.events(of: $0) }
        try await run { sink in
            let result = try await sink.save(events, of: instances)
            try expectSaved(instances, in: result)
        }
        try await expectPublished(instances)
    }

    func publishesNothingThatFailed() async throws {
        let (before, bad, after) = (instance("before"), instance("bad"), instance("after"))
        let failed = Self.events(of: bad).dropLast() + [.failed(CodError(.checksumMismatch, "Made to fail.", reach: .instance))]
        let events = Self.events(of: before) + failed + Self.events(of: after)
        try await run { sink in
            let result = try await sink.save(events, of: [before, bad, after])
            try expectSaved([before, after], in: result)
            try expect(result.failures.map(\.code) == [.checksumMismatch], "its failures are \(result.failures)")
            try expect(result.failures.first?.instance == bad.uid, "the failure does not name the instance")
        }
        try await expectPublished([before, after])
        try await expectNotPublished(bad)
    }

    func publishesNothingThatBrokeOff() async throws {
        let (before, cut) = (instance("before"), instance("cut"))
        let events = Self.events(of: before) + Self.events(of: cut).dropLast(2)
        try await run { sink in
            let result = try await sink.save(events, of: [before, cut], endingWith: CodError(.truncated, "Made to break off."))
            try expectSaved([before], in: result)
            try expect(result.failures.map(\.code) == [.truncated], "its failures are \(result.failures)")
        }
        try await expectPublished([before])
        try await expectNotPublished(cut)
    }

    /// A sink may refuse such an instance or save what came; half of it must not stand anywhere.
    func keepsGoingAfterWrongSize() async throws {
        let (longer, shorter, after) = (instance("longer"), instance("shorter"), instance("after"))
        var (announcedLess, announcedMore) = (longer, shorter)
        announcedLess.byteCount -= 1
        announcedMore.byteCount += 1
        let events =
            Self.events(of: longer, announcedAs: announcedLess) + Self.events(of: shorter, announcedAs: announcedMore)
            + Self.events(of: after)
        try await run { sink in
            let result = try await sink.save(events, of: [longer, shorter, after])
            try expect(result.instances.contains { $0.instance == after }, "it did not save the next one")
            try expect(result.instances.count + result.failures.count == 3, "it lost count of the instances")
        }
        try await expectPublished([after])
        for odd in [longer, shorter] {
            let bytes = try await readBack(sink, odd)
            try expect(
                bytes == nil || bytes == Self.bytes(of: odd), "it published \(bytes?.count ?? 0) of \(odd.byteCount) bytes")
        }
    }

    func savesPortionsSideBySide() async throws {
        let portions = (0..<8).map { portion in
            (0..<5).map { instance("\(portion)-\($0)", byteCount: 3000 + $0, series: "series-\(portion / 2)") }
        }
        try await run { sink in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for instances in portions {
                    group.addTask {
                        let events = instances.flatMap { Self.events(of: $0, chunkByteCount: 100) }
                        try expectSaved(instances, in: try await sink.save(events, of: instances))
                    }
                }
                try await group.waitForAll()
            }
        }
        try await expectPublished(portions.flatMap(\.self))
    }

    func savesAgain() async throws {
        let instances = [instance("again"), instance("once-more", byteCount: 20_000)]
        try await saves(instances)
        try await saves(instances)
    }

    func takesBack() async throws {
        let (kept, doubtful) = (instance("kept"), instance("doubtful", byteCount: 20_000))
        try await run { sink in
            let first = try await sink.save(Self.events(of: kept), of: [kept])
            try expectSaved([kept], in: first)
            let damage = CodError(.checksumMismatch, "Made to differ as a whole.")
            let second = try await sink.save(Self.events(of: doubtful), of: [doubtful], endingWith: damage)
            try expect(second.instances.isEmpty, "it counts \(second.instances.map(\.path)) as saved")
        }
        try await expectPublished([kept])
        try await expectNotPublished(doubtful)
        try await saves([doubtful])
        try await expectPublished([kept, doubtful])
    }

    func tellsWhatItHolds() async throws {
        let (saved, missing) = (instance("saved"), instance("missing"))
        let plan = SeriesPlan(
            id: saved.series, state: .retrievable(.conformance(saved.series)),
            instances: [saved, missing].map { PlannedInstance(uid: $0.uid, byteCount: $0.byteCount) })
        let before = try await sink.inventory(of: plan)
        try expect(before.isEmpty, "it holds \(before.map(\.path)) before anything was saved")
        try await saves([saved])
        let after = try await sink.inventory(of: plan)
        try expect(after.map(\.instance.uid) == [saved.uid], "it holds \(after.map(\.path))")
        try expect(after.allSatisfy(\.isEarlier), "it does not tell that they were saved earlier")
    }
}

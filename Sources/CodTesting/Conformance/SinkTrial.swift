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

// MARK: Feeding

extension SinkTrial {
    func instance(_ uid: String, byteCount: Int = 5000, series: String = "series") -> Instance {
        Instance(series: SeriesID(study: "study", series: series), uid: uid, byteCount: Int64(byteCount))
    }

    /// Prepares the sink, runs `body`, closes the sink.
    private func run(_ body: (SinkUnderTest) async throws -> Void) async throws {
        try await sink.prepare(for: RetrievalPlan(studies: []))
        do {
            try await body(sink)
        } catch {
            try await sink.close()
            throw error
        }
        try await sink.close()
    }

    /// Bytes that tell instances and places in them apart.
    private static func bytes(of instance: Instance) -> [UInt8] {
        var state = instance.path.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return (0..<instance.byteCount).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    private static func events(
        of instance: Instance, announcedAs announced: Instance? = nil, chunkByteCount: Int = 1000
    ) -> [InstanceEvent] {
        let bytes = bytes(of: instance)
        let chunks = stride(from: 0, to: bytes.count, by: chunkByteCount).map { start in
            InstanceEvent.bytes(ByteChunk(bytes[start..<min(start + chunkByteCount, bytes.count)]))
        }
        return [.begin(announced ?? instance)] + chunks + [.end(checksum: nil)]
    }
}

extension Archive {
    fileprivate static func conformance(_ series: SeriesID) -> Archive {
        Archive(series: series, url: "conformance:\(series).tar", objectName: "\(series).tar", byteCount: nil)
    }
}

extension Sink {
    /// Feeds the sink a portion of these events.
    fileprivate func save(
        _ events: [InstanceEvent], of instances: [Instance], endingWith error: CodError? = nil
    ) async throws -> SavedSeries {
        let series = instances.first?.series ?? SeriesID(study: "study", series: "series")
        let portion = Portion(
            archive: .conformance(series), byteRange: nil,
            instances: instances.map { PlannedInstance(uid: $0.uid, byteCount: $0.byteCount) })
        let stream = InstanceStream(of: portion) {
            var rest = events[...]
            return InstanceStream.AsyncIterator {
                if let event = rest.popFirst() { return event }
                if let error { throw error }
                return nil
            }
        }
        return try await run(stream, in: StageContext())
    }
}

// MARK: Judging

extension SinkTrial {
    private func expect(_ condition: Bool, _ finding: @autoclosure () -> String) throws {
        if !condition { throw SinkConformanceViolation(check: check, finding: finding()) }
    }

    private func expectSaved(_ instances: [Instance], in result: SavedSeries) throws {
        let saved = result.instances.map(\.instance.uid)
        try expect(
            saved == instances.map(\.uid),
            "it answered that it saved \(saved), and not \(instances.map(\.uid)); \(result.failures)")
        try expect(result.instances.allSatisfy { !$0.isEarlier }, "it took an instance for one that was saved earlier")
    }

    private func expectPublished(_ instances: [Instance]) async throws {
        for instance in instances {
            let bytes = try await readBack(sink, instance)
            try expect(bytes != nil, "\(instance.path) is not to be found")
            try expect(bytes == Self.bytes(of: instance), "\(instance.path) has other bytes than were saved")
        }
    }

    private func expectNotPublished(_ instance: Instance) async throws {
        let bytes = try await readBack(sink, instance)
        try expect(bytes == nil, "\(instance.path) was published with \(bytes?.count ?? 0) bytes")
    }
}

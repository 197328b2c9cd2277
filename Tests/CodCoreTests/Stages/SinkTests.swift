import CodCore
import Testing

@Suite("What every sink does by default")
struct SinkTests {
    private func save(
        _ events: [InstanceEvent], in sink: MemorySink = MemorySink(), error: (any Error)? = nil
    ) async throws -> (result: SavedSeries, sink: MemorySink) {
        (try await sink.run(.example(events, error: error), in: StageContext()), sink)
    }

    @Test("Instances are saved in order and committed together")
    func savesAll() async throws {
        let (result, sink) = try await save(.whole("a") + .whole("b"))
        #expect(result.instances.map(\.instance.uid) == ["a", "b"])
        #expect(sink.saved == ["a": Array("a".utf8), "b": Array("b".utf8)])
        #expect(sink.calls == ["commit study/series 2"])
    }

    @Test("The checksum that a stage computed goes with what is saved")
    func checksum() async throws {
        let events: [InstanceEvent] = [.begin(.example("a", checksum: CRC32C(5))), .end(checksum: CRC32C(5))]
        let (result, _) = try await save(events)
        #expect(result.instances.first?.checksum == CRC32C(5))
        #expect(result.instances.first?.isVerified == true)
    }

    @Test("An instance that fails a check is not saved, and the next one is")
    func failedInstance() async throws {
        let bad: [InstanceEvent] = [
            .begin(.example("bad")), .bytes(ByteChunk([1])), .failed(CodError(.checksumMismatch, "Other.", reach: .instance)),
        ]
        let (result, sink) = try await save(.whole("a") + bad + .whole("b"))
        #expect(sink.saved.keys.sorted() == ["a", "b"])
        #expect(result.failures.map(\.code) == [.checksumMismatch])
        #expect(result.failures.first?.instance == "bad")
        #expect(result.failures.first?.series == "series")
    }

    @Test("What is left of an instance that cannot be saved is passed over")
    func failedSave() async throws {
        let sink = MemorySink(failing: ["bad": CodError(.writeFailed, "No.", reach: .instance)])
        let (result, _) = try await save(.whole("bad") + .whole("b"), in: sink)
        #expect(sink.saved.keys.sorted() == ["b"])
        #expect(result.failures.map(\.instance) == ["bad"])
    }

    @Test("A failure outside any instance is kept")
    func failureBetween() async throws {
        let (result, _) = try await save([.failed(CodError(.refusedEntry, "A link.", reach: .instance))] + .whole("b"))
        #expect(result.failures.map(\.code) == [.refusedEntry])
        #expect(result.instances.count == 1)
    }

    @Test("A stream that breaks off between or inside instances keeps and commits what is saved", arguments: [false, true])
    func brokenStream(isInside: Bool) async throws {
        let open: [InstanceEvent] = isInside ? [.begin(.example("b")), .bytes(ByteChunk([1]))] : []
        let (result, sink) = try await save(.whole("a") + open, error: CodError(.timedOut, "No byte.", reach: .instance))
        #expect(result.instances.map(\.instance.uid) == ["a"])
        #expect(result.failures.map(\.code) == [.timedOut])
        #expect(result.failures.map(\.reach) == [.series])
        #expect(sink.saved.keys.sorted() == ["a"])
        #expect(sink.calls == ["commit study/series 1"])
    }

    @Test("An error that reaches the job ends the portion; what is saved is committed")
    func fullDisk() async throws {
        let sink = MemorySink(failing: ["b": CodError(.writeFailed, "Full.", reach: .job)])
        let (result, _) = try await save(.whole("a") + .whole("b") + .whole("c"), in: sink)
        #expect(sink.saved.keys.sorted() == ["a"])
        #expect(result.failures.map(\.reach) == [.job])
        #expect(sink.calls == ["commit study/series 1"])
    }

    @Test("A stream that ends inside an instance fails it")
    func endsInside() async throws {
        let (result, sink) = try await save([.begin(.example("a")), .bytes(ByteChunk([1]))])
        #expect(sink.saved.isEmpty)
        #expect(result.failures.map(\.code) == [.damagedArchive])
    }

    @Test("A sink that reads only a part has the check of the rest made for it")
    func partlyRead() async throws {
        struct Peeking: Sink {
            func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
                _ = try await body.next()
                return SavedInstance(instance: instance, path: instance.uid, root: "")
            }
        }
        let events: [InstanceEvent] = [
            .begin(.example("a")), .bytes(ByteChunk([1])), .bytes(ByteChunk([2])),
            .failed(CodError(.checksumMismatch, "Other.", reach: .instance)),
        ]
        let result = try await Peeking().run(.example(events + .whole("b")), in: StageContext())
        #expect(result.instances.map(\.instance.uid) == ["b"])
        #expect(result.failures.map(\.code) == [.checksumMismatch])
    }
}

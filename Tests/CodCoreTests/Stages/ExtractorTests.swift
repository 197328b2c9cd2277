import CodCore
import Testing

@Suite("What every extractor does by default")
struct ExtractorTests {
    private func events(
        _ archive: String, portion: Portion = .example(keepsUnlisted: true), error: (any Error)? = nil
    ) async throws -> [InstanceEvent] {
        let chunks = archive.utf8.map { ByteChunk([$0]) }
        let stream = try await FramedExtractor().run(.example(chunks, of: portion, error: error), in: StageContext())
        return try await stream.collected()
    }

    @Test("Entries become instances, and what is missing comes at the end")
    func wholeArchive() async throws {
        let portion = Portion.example(["a", "b"].map { PlannedInstance(uid: $0) })
        let words = try await events("instances/a.dcm 2\nxyother 1\nz", portion: portion).words
        #expect(words == ["begin a", "bytes x", "bytes y", "end", "failed instanceMissing b"])
    }

    @Test("An archive that breaks off reports nothing as missing: the stream ends with the error")
    func brokenOff() async throws {
        var seen: [InstanceEvent] = []
        let portion = Portion.example(["a", "b"].map { PlannedInstance(uid: $0) })
        let chunks = "a 3\nxy".utf8.map { ByteChunk([$0]) }
        let stream = try await FramedExtractor().run(.example(chunks, of: portion), in: StageContext())
        let error = await #expect(throws: CodError.self) { for try await event in stream { seen.append(event) } }
        #expect(error?.code == .damagedArchive)
        #expect(error?.series == "series")
        #expect(seen.words == ["begin a", "bytes x", "bytes y"])
    }

    @Test("An error of the bytes goes through as it is")
    func errorAbove() async {
        let error = await #expect(throws: CodError.self) {
            try await events("a.dcm 3\nx", error: CodError(.timedOut, "No byte came."))
        }
        #expect(error?.code == .timedOut)
    }

    @Test("A decoder's error counts from the archive's first byte, not the portion's, and names the archive")
    func offsets() async throws {
        let portion = Portion.example(byteRange: 1000..<2000)
        let stream = try await AlwaysFailing().run(.example([ByteChunk([1])], of: portion), in: StageContext())
        let error = await #expect(throws: CodError.self) { try await stream.collected() }
        #expect(error?.byteOffset == 1005)
        #expect(error?.message == "It is bad. This is at byte 1005 of gs://bucket/series.tar.")
    }

    private struct AlwaysFailing: Extractor {
        func makeDecoder() -> Decoder { Decoder() }

        struct Decoder: ArchiveDecoder {
            func push(_ chunk: ByteChunk) {}
            func next() throws(CodError) -> EntryEvent? { throw CodError(.damagedArchive, "It is bad.", byteOffset: 5) }
            func finish() throws(CodError) {}
        }
    }
}

import CodCore
import Testing

@Suite("Stages of one's own on the stream of instances")
struct InstanceStreamTests {
    private let failing: [InstanceEvent] = [
        .begin(.example("bad")), .bytes(ByteChunk("x".utf8)),
        .failed(CodError(.checksumMismatch, "Other.").located(in: .example)),
    ]
    private let refused = InstanceEvent.failed(CodError(.refusedEntry, "A link."))

    @Test("keeping leaves out what is refused, whole, also when it fails; failures between instances stay")
    func keeping() async throws {
        let stream = InstanceStream.example(.whole("a") + failing + [refused] + .whole("b") + .whole("c"))
        let kept = stream.keeping { ["b", "c"].contains($0.uid) }
        #expect(
            try await kept.collected().words
                == ["failed refusedEntry -", "begin b", "bytes b", "end", "begin c", "bytes c", "end"])
        let withBad = try await stream.keeping { $0.uid == "bad" }.collected().words
        #expect(withBad == ["begin bad", "bytes x", "failed checksumMismatch -", "failed refusedEntry -"])
    }

    @Test("keeping everything or nothing")
    func extremes() async throws {
        let events: [InstanceEvent] = .whole("a") + failing + [refused]
        #expect(try await InstanceStream.example(events).keeping { _ in true }.collected().words == events.words)
        let nothing = try await InstanceStream.example(events).keeping { _ in false }.collected().words
        #expect(nothing == ["failed refusedEntry -"])
    }

    @Test("observing shows every event, and changes none")
    func observing() async throws {
        let events: [InstanceEvent] = .whole("a") + failing + [refused] + .whole("b")
        let seen = Seen()
        let observed = InstanceStream.example(events).observing { seen.add($0) }
        #expect(try await observed.collected().words == events.words)
        #expect(seen.words == events.words)
    }

    @Test("An observer that throws fails that instance alone, wherever it throws", arguments: ["begin b", "bytes b", "end"])
    func throwing(place: String) async throws {
        let isInB = Flag()
        let stream = InstanceStream.example(.whole("a") + .whole("b") + .whole("c")).observing { event in
            let word = [event].words[0]
            if word == "begin b" { isInB.value = true }
            if word == "begin c" { isInB.value = false }
            if isInB.value, word == place { throw CodError(.refused, "No.") }
        }
        let b = ["begin b", "bytes b", "end"].prefix { $0 != place } + ["failed refused b"]
        #expect(
            try await stream.collected().words
                == ["begin a", "bytes a", "end"] + b + ["begin c", "bytes c", "end"])
    }

    @Test("An error of the stream goes through both")
    func errors() async {
        let stream = InstanceStream.example(.whole("a"), error: CodError(.timedOut, "No byte."))
        await #expect(throws: CodError.self) { try await stream.keeping { _ in true }.observing { _ in }.collected() }
    }

    @Test("Nothing is pulled before it is asked for")
    func pull() async throws {
        let pulled = Flag()
        let source = InstanceStream(of: .example()) {
            InstanceStream.AsyncIterator {
                pulled.value = true
                return nil
            }
        }
        let stream = source.keeping { _ in true }.observing { _ in }
        #expect(!pulled.value)
        #expect(try await stream.collected().isEmpty)
        #expect(pulled.value)
    }
}

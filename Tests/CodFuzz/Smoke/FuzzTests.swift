import CodCore
import Testing

@Suite("Parsers keep their promises for any input", .timeLimit(.minutes(10)))
struct FuzzTests {
    @Test("A run of every target, the same inputs each time", arguments: (FuzzTarget.all + [.studies]).map(\.name))
    func target(name: String) throws {
        let target = FuzzTarget.named(name) ?? .studies
        var run = try FuzzRun(target, seed: 20, others: try FuzzCorpus.inputs(of: name))
        try run.run(2000)
        // Seeds that end all in the same way would test nothing.
        #expect(run.kindCount > 5)
    }

    @Test("A broken promise is told with its input, which follows from the seed alone")
    func failure() throws {
        let broken = FuzzTarget(
            name: "broken", seeds: { [[1, 2, 3]] }, words: ["word"], maximumByteCount: 100,
            run: { input in
                if input.payload.starts(with: "word".utf8) { throw Finding("There is a word.") }
                return 0
            })
        let failures = try (0..<2).map { _ in
            try #require(throws: FuzzRun.Failure.self) {
                var run = try FuzzRun(broken, seed: 4)
                try run.run(100_000)
            }
        }
        #expect(failures[0].input == failures[1].input)
        #expect("\(failures[0])".contains("broken: There is a word. The input is"))
    }

    @Test("Chunks are the input's bytes in order, none of them empty, wherever the control bytes cut")
    func cuts() {
        let bytes = (0..<500).map { UInt8(truncatingIfNeeded: $0) }
        for kind in UInt8(0)..<4 {
            for value in UInt8.min...UInt8.max {
                let sizes = FuzzInput(bytes + [0, 0, kind, value, value]).chunkSizes(ofByteCount: bytes.count)
                let chunks = bytes.chunks(sizes)
                #expect(chunks.allSatisfy { $0.count > 0 } && chunks.count < 70)
                #expect(chunks.flatMap { chunk in chunk.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } } == bytes)
            }
        }
    }
}

public import CodCore

/// Checks that what an ``ArchiveDecoder`` finds does not depend on where the chunks were cut.
///
/// It feeds the same bytes whole, byte by byte, cut in two at every place, and cut into chunks of random sizes, and compares
/// the entries, their bodies and the error at the end. It also holds the decoder to its order: `( begin bytes* end )*`, with as many
/// bytes as the entry announces, and none of the `bytes` empty. For bytes that are no archive the error must be the same every time.
///
/// Cutting at every place takes time in the square of the number of bytes: give it a few thousand.
public struct DecoderVerifier: Sendable {
    /// What a decoder did differently, and how the bytes were cut.
    public struct Difference: Error, CustomStringConvertible {
        /// What differs, and how the bytes were cut.
        public let description: String
    }

    /// Where the random sizes begin.
    public var seed: UInt64
    /// How many times the bytes are cut at random.
    public var randomRoundCount: Int

    /// A verifier whose random cuts follow from a seed.
    public init(seed: UInt64 = 1, randomRoundCount: Int = 50) {
        self.seed = seed
        self.randomRoundCount = randomRoundCount
    }

    /// Decodes `bytes` in every way of cutting. Throws a ``Difference`` that describes the first one found.
    public func verify<Decoder: ArchiveDecoder>(_ bytes: [UInt8], with makeDecoder: () -> Decoder) throws {
        let whole = try decode([bytes.count], of: bytes, with: makeDecoder(), cut: "whole")
        func compare(_ sizes: some Sequence<Int>, _ cut: @autoclosure () -> String) throws {
            let found = try decode(sizes, of: bytes, with: makeDecoder(), cut: cut())
            if let difference = whole.firstDifference(from: found) {
                throw Difference(description: "Cut \(cut()), the decoder differs from the whole: \(difference)")
            }
        }
        try compare(repeatElement(1, count: bytes.count), "byte by byte")
        for size in 1..<max(bytes.count, 1) { try compare([size, bytes.count - size], "in two at byte \(size)") }
        var random = SplitMix(state: seed)
        for round in 0..<randomRoundCount {
            // Small, middling and large sizes, so that several headers fall into one chunk and one header into several.
            let bound = [7, 600, 5000][round % 3]
            let sizes = (0..<bytes.count).lazy.map { _ in Int.random(in: 1...bound, using: &random) }
            try compare(Array(sizes), "at random (seed \(seed), round \(round), up to \(bound) bytes)")
        }
    }

    /// Feeds chunks of the given sizes, and what is left after the last of them as one.
    private func decode<Decoder: ArchiveDecoder>(
        _ sizes: some Sequence<Int>, of bytes: [UInt8], with decoder: Decoder, cut: String
    ) throws -> Transcript {
        var decoder = decoder
        var transcript = Transcript()
        var rest = ByteChunk(bytes)
        var sizes = sizes.makeIterator()
        do throws(Decoder.Failure) {
            while rest.count > 0 {
                guard let chunk = rest.takeFirst(min(sizes.next() ?? rest.count, rest.count)) else { break }
                decoder.push(chunk)
                while let event = try decoder.next() { transcript.add(event) }
            }
            try decoder.finish()
            while let event = try decoder.next() { transcript.add(event) }
            transcript.end()
        } catch {
            transcript.end(with: error)
        }
        if let problem = transcript.problem { throw Difference(description: "Cut \(cut), the decoder \(problem)") }
        return transcript
    }
}

/// A generator whose numbers depend on its seed alone (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

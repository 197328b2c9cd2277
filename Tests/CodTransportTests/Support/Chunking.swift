import CodCore

/// Ways to cut bytes: whole, one by one, at every single place, and at random with a seed.
func cuts(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var ways: [[ArraySlice<UInt8>]] = [[bytes[...]], bytes.indices.map { bytes[$0...$0] }]
    for position in bytes.indices { ways.append([bytes[..<position], bytes[position...]]) }
    var random = SeededRandom(seed: 7)
    for _ in 0..<20 {
        var rest = bytes[...]
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...40, using: &random)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        ways.append(pieces)
    }
    return ways
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

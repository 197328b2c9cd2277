/// A small, fast random source: the same seed gives the same numbers on every machine.
///
/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014), the mixing function of its reference code.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A source for one part of what a seed describes: the same for the same seed and path, unlike any other.
    package init(seed: UInt64, path: [UInt64]) {
        state = path.reduce(Self.mixed(seed)) { Self.mixed($0 ^ Self.mixed($1 &+ Self.step)) }
    }

    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// A number from `range`, evenly spread.
    package mutating func next(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + Double(next() >> 11) / Double(1 << 53 as Int64) * (range.upperBound - range.lowerBound)
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

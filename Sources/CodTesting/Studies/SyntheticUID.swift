/// Makes the identifiers of synthetic studies.
enum SyntheticUID {
    /// A UID under `2.25.`: the decimal form of a random-looking UUID (DICOM PS3.5 B.2), at most 44 characters.
    ///
    /// The same seed and path give the same one.
    static func derived(seed: UInt64, path: [UInt64]) -> String {
        // Two sources, so that 64 bits of state in the middle do not decide over all 128.
        var first = SplitMix64(seed: seed, path: [0x55_49] + path)
        var second = SplitMix64(seed: seed, path: [0x44_53] + path)
        // Version 4 and the variant of RFC 9562, as in any UUID that was made of random bits.
        let high = first.next() & ~0xF000 | 0x4000
        let low = second.next() & ~(0xC0 << 56) | 0x80 << 56
        return "2.25.\(UInt128(high) << 64 | UInt128(low))"
    }
}

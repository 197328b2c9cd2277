/// A long run of noisy samples of one material, from which rows of a picture are copied.
///
/// Pictures are put together by copying runs of it from places that look random: a picture costs about what copying its bytes
/// costs, in unoptimised builds too, and is still no easier to compress than one with noise in every pixel.
struct NoiseTexture: Sendable {
    /// The samples, little endian.
    let bytes: [UInt8]

    /// Samples around `mean`, each `noise` value scaled by `sixteenths` of it, within `0...maximum`.
    init(mean: Int, sixteenths: Int, maximum: Int, noise: [Int], bytesPerSample: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(noise.count * bytesPerSample)
        for value in noise {
            let sample = min(max(mean + (value * sixteenths) / 16, 0), maximum)
            bytes.append(UInt8(truncatingIfNeeded: sample))
            if bytesPerSample == 2 { bytes.append(UInt8(truncatingIfNeeded: sample >> 8)) }
        }
        self.bytes = bytes
    }

    /// Noise with a standard deviation of about 16, bell-shaped.
    static func noise(count: Int, seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed, path: [0x4E_4F])
        return (0..<count).map { _ in
            // How many of 64 bits are set is as good as bell-shaped: mean 32, deviation 4.
            let word = random.next()
            return (word.nonzeroBitCount - 32) * 4 + Int(word >> 7 & 3)
        }
    }

    /// How many samples pictures of that size need, so that a compressor's window sees few of them twice.
    static func sampleCount(rows: Int, columns: Int) -> Int {
        min(max(rows * columns / 4, 256), 65536) + columns
    }
}

/// What the instances of a study are made from: its description, and the phantoms, prepared once.
final class SyntheticSource: Sendable {
    let study: SyntheticStudy
    let thorax: ThoraxPhantom?
    let heart: HeartPhantom?
    /// Bytes that do not compress; longer than any usual compressor's window.
    let noise: [UInt8]

    init(study: SyntheticStudy) {
        self.study = study
        let hasSlices = study.seriesCount > 0 && study.instancesPerSeries > 0
        thorax = hasSlices ? ThoraxPhantom(seed: study.seed, rows: study.rows, columns: study.columns) : nil
        heart = study.cineFrameCount > 0 ? HeartPhantom(seed: study.seed, rows: study.rows, columns: study.columns) : nil
        noise = study.payload == .phantom ? [] : Self.noise(seed: study.seed)
    }

    /// The bytes of trailing noise in an instance; even.
    var noiseByteCount: Int {
        if case .noise(let byteCount) = study.payload { byteCount + byteCount % 2 } else { 0 }
    }

    private static func noise(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed, path: [0x4E_42])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 << 18)
        for _ in 0..<1 << 15 {
            let word = random.next()
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return bytes
    }
}

import Synchronization

/// What the instances of a study are made from: its description, and the phantoms, prepared once, when the first needs them.
final class SyntheticSource: Sendable {
    private struct Prepared {
        var thorax: ThoraxPhantom?
        var heart: HeartPhantom?
        var noise: [UInt8]?
    }

    let study: SyntheticStudy
    private let prepared = Mutex(Prepared())

    init(study: SyntheticStudy) {
        self.study = study
    }

    var thorax: ThoraxPhantom {
        once(\.thorax) { ThoraxPhantom(seed: study.seed, rows: study.rows, columns: study.columns) }
    }

    var heart: HeartPhantom {
        once(\.heart) { HeartPhantom(seed: study.seed, rows: study.rows, columns: study.columns) }
    }

    /// Bytes that do not compress, more of them than deflate looks back over (32 KiB); or as many zeros.
    var noise: [UInt8] {
        once(\.noise) {
            if case .zeros = study.payload { return [UInt8](repeating: 0, count: 1 << 18) }
            return Self.noise(seed: study.seed)
        }
    }

    /// The bytes of trailing noise or zeros in an instance; even.
    var noiseByteCount: Int {
        switch study.payload {
        case .phantom: 0
        case .noise(let byteCount), .zeros(let byteCount): byteCount + byteCount % 2
        }
    }

    private func once<Part: Sendable>(_ part: WritableKeyPath<Prepared, Part?>, _ make: () -> Part) -> Part {
        prepared.withLock { prepared in
            if let made = prepared[keyPath: part] { return made }
            let made = make()
            prepared[keyPath: part] = made
            return made
        }
    }

    private static func noise(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed, path: [0x4E_42])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 << 18)
        for _ in 0..<1 << 15 {
            withUnsafeBytes(of: random.next().littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

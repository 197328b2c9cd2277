/// A beating heart as ultrasound shows it: a fan of speckle, dark chambers that narrow and widen, and a valve that swings.
struct HeartPhantom: Sendable {
    /// How many frames a beat takes.
    static let beatFrameCount = 24

    private let painter: SlicePainter

    init(seed: UInt64, rows: Int, columns: Int) {
        let count = NoiseTexture.sampleCount(rows: rows, columns: columns)
        let fine = NoiseTexture.noise(count: count, seed: seed)
        // Speckle is wider than a sample: each is joined with its neighbours.
        let speckle = fine.indices.map { (fine[$0] + fine[($0 + 1) % count] + fine[($0 + 2) % count]) }
        painter = SlicePainter(
            rows: rows, columns: columns, bytesPerSample: 1,
            textures: Material.allCases.map { material in
                NoiseTexture(
                    mean: material.brightness, sixteenths: material.spread, maximum: 255, noise: speckle, bytesPerSample: 1)
            })
    }

    /// The bytes of a frame.
    var byteCount: Int { painter.byteCount }

    /// A frame: 8-bit samples.
    func frame(_ number: Int, seed: UInt64) -> [UInt8] {
        let phase = Double(number % Self.beatFrameCount) / Double(Self.beatFrameCount)
        // A parabola up and one down: near enough to a sine.
        let swing = phase < 0.5 ? 16 * phase * (0.5 - phase) : -16 * (phase - 0.5) * (1 - phase)
        return painter.picture(
            of: Self.parts(swing: swing).compactMap { $0.section(at: 0) }, background: Material.outside.rawValue, seed: seed,
            clip: Self.fan)
    }

    private enum Material: Int, CaseIterable {
        case outside, near, tissue, far, wall, valve, chamber

        var brightness: Int {
            switch self {
            case .outside: 0
            case .near: 90
            case .tissue: 78
            case .far: 66
            case .wall: 140
            case .valve: 190
            case .chamber: 14
            }
        }

        var spread: Int {
            switch self {
            case .outside: 0
            case .near, .tissue, .wall: 18
            case .far, .valve: 12
            case .chamber: 6
            }
        }
    }

    /// The part of a line that lies in the fan: 40 degrees to both sides of straight down, from a point at the top edge.
    private static func fan(at height: Double) -> (from: Double, to: Double) {
        let depth = height + 0.97
        guard depth > 0.06, depth < 1.9 else { return (0, 0) }
        let half = min(depth * 0.84, (1.9 * 1.9 - depth * depth).squareRoot())
        return (-half, half)
    }

    /// `swing` runs from -1, narrowest, to 1, widest.
    private static func parts(swing: Double) -> [Ellipsoid] {
        func part(_ x: Double, _ y: Double, _ a: Double, _ b: Double, _ material: Material) -> Ellipsoid {
            Ellipsoid(x, y, a: a, b: b, material: material.rawValue)
        }
        let wide = 1 + 0.16 * swing
        let (cosine, sine) = (0.8 + 0.12 * swing, 0.6 - 0.16 * swing)
        let norm = (cosine * cosine + sine * sine).squareRoot()
        let (leafCosine, leafSine) = (cosine / norm, sine / norm)
        return [
            part(0, 0.95, 3, 1.2, .far), part(0, 0.1, 3, 0.5, .tissue), part(0, -0.75, 3, 0.4, .near),
            part(0.03, 0.12, 0.66 + 0.03 * swing, 0.74 + 0.03 * swing, .wall),
            part(0.03, 0.12, 0.62 + 0.03 * swing, 0.70 + 0.03 * swing, .tissue),
            part(0.24, -0.08, 0.22 * wide, 0.38 * wide, .wall), part(0.24, -0.08, 0.19 * wide, 0.35 * wide, .chamber),
            part(-0.23, -0.06, 0.19 * wide, 0.34 * wide, .wall), part(-0.23, -0.06, 0.16 * wide, 0.31 * wide, .chamber),
            part(0.22, 0.52, 0.20 / wide, 0.20 / wide, .wall), part(0.22, 0.52, 0.17 / wide, 0.17 / wide, .chamber),
            part(-0.22, 0.50, 0.18 / wide, 0.18 / wide, .wall), part(-0.22, 0.50, 0.15 / wide, 0.15 / wide, .chamber),
            part(0.16, 0.26, 0.11, 0.014, .valve).turned(cosine: leafCosine, sine: leafSine),
            part(0.33, 0.26, 0.10, 0.014, .valve).turned(cosine: leafCosine, sine: -leafSine),
            part(-0.29, 0.26, 0.09, 0.012, .valve).turned(cosine: leafCosine, sine: leafSine),
            part(-0.15, 0.26, 0.08, 0.012, .valve).turned(cosine: leafCosine, sine: -leafSine),
        ]
    }
}

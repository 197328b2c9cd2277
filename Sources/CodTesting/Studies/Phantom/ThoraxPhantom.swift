/// A chest made of ellipsoids, in CT numbers: lungs with vessels, heart, aorta, airway, liver, spine, ribs, and a nodule.
///
/// It resembles no person; the seed moves the parts by a few percent and places vessels and the nodule.
struct ThoraxPhantom: Sendable {
    /// What stored values are above CT numbers.
    static let storedOffset = 1024

    private let painter: SlicePainter
    private let parts: [Ellipsoid]

    init(seed: UInt64, rows: Int, columns: Int) {
        let noise = NoiseTexture.noise(count: NoiseTexture.sampleCount(rows: rows, columns: columns), seed: seed)
        painter = SlicePainter(
            rows: rows, columns: columns, bytesPerSample: 2,
            textures: Material.allCases.map { material in
                NoiseTexture(
                    mean: material.number + Self.storedOffset, sixteenths: material.spread, maximum: 4095, noise: noise,
                    bytesPerSample: 2)
            })
        var random = SplitMix64(seed: seed, path: [0x54_48])
        parts = Self.trunk() + Self.ribs() + Self.lungs(&random) + Self.mediastinum(&random) + Self.spine()
    }

    /// The bytes of a slice.
    var byteCount: Int { painter.byteCount }

    /// The slice at `height`, from -1 at the feet's end to 1 at the head's: 16-bit samples, little endian.
    func slice(at height: Double, seed: UInt64) -> [UInt8] {
        painter.picture(of: parts.compactMap { $0.section(at: height) }, background: Material.air.rawValue, seed: seed)
    }

    private enum Material: Int, CaseIterable {
        case air, table, fat, muscle, lung, blood, contrast, liver, disc, marrow, bone

        /// In Hounsfield units.
        var number: Int {
            switch self {
            case .air: -1000
            case .table: -350
            case .fat: -95
            case .muscle: 45
            case .lung: -860
            case .blood: 90
            case .contrast: 230
            case .liver: 105
            case .disc: 80
            case .marrow: 210
            case .bone: 620
            }
        }

        /// The noise's deviation, about, in Hounsfield units.
        var spread: Int {
            switch self {
            case .air: 6
            case .lung: 22
            case .bone: 30
            default: 13
            }
        }
    }

    private static func part(
        _ x: Double, _ y: Double, _ z: Double = 0, a: Double, b: Double, c: Double = .infinity, _ material: Material
    ) -> Ellipsoid {
        Ellipsoid(x, y, z, a: a, b: b, c: c, material: material.rawValue)
    }

    private static func trunk() -> [Ellipsoid] {
        [
            part(0, 0.80, a: 0.95, b: 0.15, .table), part(0, 0.74, a: 0.97, b: 0.14, .air),
            part(0, 0.02, a: 0.90, b: 0.66, c: 2.6, .fat), part(0, 0.02, a: 0.84, b: 0.60, c: 2.4, .muscle),
        ]
    }

    /// Ten places around the chest, at each a column of short pieces, set off against each other as slanting ribs are.
    private static func ribs() -> [Ellipsoid] {
        let (turnCosine, turnSine) = (0.8090169943749475, 0.5877852522924731)  // of 36 degrees
        var (cosine, sine) = (0.9510565162951535, 0.3090169943749474)  // of 18 degrees
        var ribs: [Ellipsoid] = []
        for place in 0..<10 {
            for level in 0..<9 {
                let height = -0.98 + 0.23 * Double(level) + 0.08 * sine + (place % 2 == 0 ? 0 : 0.05)
                let piece = part(0.745 * cosine, 0.02 + 0.535 * sine, height, a: 0.032, b: 0.115, c: 0.10, .bone)
                ribs.append(piece.turned(cosine: cosine, sine: sine))
            }
            (cosine, sine) = (cosine * turnCosine - sine * turnSine, sine * turnCosine + cosine * turnSine)
        }
        return ribs
    }

    private static func lungs(_ random: inout SplitMix64) -> [Ellipsoid] {
        let size = random.next(in: 0.95...1.05)
        var parts: [Ellipsoid] = []
        for side in [-1.0, 1.0] {
            let lung = part(0.40 * side, 0.00, 0.10, a: 0.285 * size, b: 0.46 * size, c: 1.02, .lung)
            parts.append(lung.turned(cosine: 0.985, sine: 0.17 * side))
        }
        for vessel in 0..<56 {
            let side = vessel % 2 == 0 ? -1.0 : 1.0
            let (x, y) = (random.next(in: -0.19...0.19), random.next(in: -0.32...0.32))
            let width = random.next(in: 0.008...0.024)
            let (length, height) = (random.next(in: 0.1...0.4), random.next(in: -0.7...0.8))
            parts.append(part(0.40 * side + x, y, height, a: width, b: width * random.next(in: 0.8...2), c: length, .blood))
        }
        let side = random.next() & 1 == 0 ? -1.0 : 1.0
        let (x, y, z) = (random.next(in: -0.12...0.12), random.next(in: -0.25...0.25), random.next(in: -0.2...0.4))
        parts.append(part(0.42 * side + x, y, z, a: 0.055, b: 0.05, c: 0.12, .muscle))
        return parts
    }

    private static func mediastinum(_ random: inout SplitMix64) -> [Ellipsoid] {
        let size = random.next(in: 0.93...1.07)
        return [
            part(-0.30, 0.00, -1.05, a: 0.46, b: 0.47, c: 0.62, .liver),
            part(0.42, 0.12, -1.10, a: 0.25, b: 0.28, c: 0.45, .muscle),
            part(0, -0.06, a: 0.15, b: 0.40, c: 3, .muscle), part(0.02, -0.20, a: 0.12, b: 0.18, c: 3, .fat),
            part(0.13, -0.14, -0.10, a: 0.34 * size, b: 0.27 * size, c: 0.52, .blood).turned(cosine: 0.88, sine: 0.475),
            part(0.22, -0.08, -0.15, a: 0.15 * size, b: 0.11, c: 0.34, .contrast).turned(cosine: 0.88, sine: 0.475),
            part(-0.03, -0.20, -0.08, a: 0.13, b: 0.10 * size, c: 0.32, .contrast),
            part(-0.02, -0.14, 0.45, a: 0.085, b: 0.08, c: 0.34, .contrast),
            part(0.12, 0.20, 0, a: 0.065, b: 0.065, .contrast),
            part(0.06, 0.02, 0.62, a: 0.07, b: 0.22, c: 0.13, .contrast),
            part(-0.11, -0.22, 0.65, a: 0.045, b: 0.05, c: 0.5, .contrast),
            part(0, 0.02, 1.0, a: 0.06, b: 0.05, c: 0.75, .air),
            part(-0.09, 0.06, 0.22, a: 0.05, b: 0.035, c: 0.14, .air), part(0.09, 0.06, 0.22, a: 0.05, b: 0.035, c: 0.14, .air),
            part(0.02, 0.15, a: 0.03, b: 0.022, .muscle),
        ]
    }

    private static func spine() -> [Ellipsoid] {
        var parts = [
            part(0, -0.55, 0.35, a: 0.10, b: 0.035, c: 0.9, .bone), part(0, -0.55, 0.35, a: 0.075, b: 0.018, c: 0.85, .marrow),
            part(0, 0.35, a: 0.115, b: 0.095, .disc),
        ]
        for level in 0..<13 {
            let height = -1.05 + 0.175 * Double(level)
            parts += [
                part(0, 0.35, height, a: 0.135, b: 0.11, c: 0.085, .bone),
                part(0, 0.35, height, a: 0.11, b: 0.086, c: 0.075, .marrow),
                part(0, 0.56, height, a: 0.026, b: 0.09, c: 0.08, .bone),
                part(-0.12, 0.47, height, a: 0.11, b: 0.026, c: 0.06, .bone).turned(cosine: 0.94, sine: -0.34),
                part(0.12, 0.47, height, a: 0.11, b: 0.026, c: 0.06, .bone).turned(cosine: 0.94, sine: 0.34),
                part(0, 0.47, height, a: 0.075, b: 0.055, c: 0.09, .bone),
            ]
        }
        parts.append(part(0, 0.465, a: 0.05, b: 0.042, .muscle))
        return parts
    }
}

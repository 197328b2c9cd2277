/// A part of a phantom: an ellipsoid with one axis along the patient, turned in the plane of the slices.
///
/// Lengths are in halves of the shorter side of the picture: x to the right, y down, z along the patient, each from -1 to 1.
struct Ellipsoid: Sendable {
    var x, y, z: Double
    /// Half axes. An infinite `c` makes a cylinder.
    var a, b, c: Double
    /// Of the angle it is turned by, clockwise as seen.
    var cosine = 1.0, sine = 0.0
    var material: Int

    init(_ x: Double, _ y: Double, _ z: Double = 0, a: Double, b: Double, c: Double = .infinity, material: Int) {
        (self.x, self.y, self.z, self.a, self.b, self.c) = (x, y, z, a, b, c)
        self.material = material
    }

    func turned(cosine: Double, sine: Double) -> Ellipsoid {
        var turned = self
        (turned.cosine, turned.sine) = (cosine, sine)
        return turned
    }

    /// What the slice at `height` shows of it; `nil` when it does not reach that far.
    func section(at height: Double) -> Ellipse? {
        let distance = c.isInfinite ? 0 : (height - z) / c
        let scale = 1 - distance * distance
        guard scale > 0.0001 else { return nil }
        let (inverseA, inverseB) = (1 / (a * a * scale), 1 / (b * b * scale))
        return Ellipse(
            x: x, y: y, material: material,
            xx: cosine * cosine * inverseA + sine * sine * inverseB,
            xy: cosine * sine * (inverseA - inverseB),
            yy: sine * sine * inverseA + cosine * cosine * inverseB)
    }
}

/// An ellipse: where `xx·dx² + 2·xy·dx·dy + yy·dy² ≤ 1`, `dx` and `dy` from its centre.
struct Ellipse: Sendable {
    let x, y: Double
    let material: Int
    let xx, xy, yy: Double
    /// How far it reaches above and below its centre.
    let reach: Double

    init(x: Double, y: Double, material: Int, xx: Double, xy: Double, yy: Double) {
        (self.x, self.y, self.material, self.xx, self.xy, self.yy) = (x, y, material, xx, xy, yy)
        reach = (xx / (xx * yy - xy * xy)).squareRoot()
    }

    /// The part of the line at `height` that lies in it; `nil` when it misses.
    func span(at height: Double) -> (from: Double, to: Double)? {
        let dy = height - y
        guard dy.magnitude < reach else { return nil }
        let root = (xy * xy * dy * dy - xx * (yy * dy * dy - 1)).squareRoot()
        // At the very rim rounding may take the root of a little less than nothing.
        guard !root.isNaN else { return nil }
        let middle = x - xy * dy / xx
        return (middle - root / xx, middle + root / xx)
    }
}

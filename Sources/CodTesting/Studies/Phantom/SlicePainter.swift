/// Paints ellipses into a picture, later ones over earlier ones, out of noise textures.
struct SlicePainter: Sendable {
    let rows: Int
    let columns: Int
    let bytesPerSample: Int
    /// One texture for each material, all of one length: `columns` samples at the least.
    let textures: [NoiseTexture]

    var byteCount: Int { rows * columns * bytesPerSample }

    /// Half the shorter side, in pixels: the unit of ellipses.
    private var unit: Double { Double(min(rows, columns)) / 2 }

    /// A picture: `background` everywhere, and over it the ellipses, each row of them where `clip` lets it (all of it by default).
    func picture(
        of ellipses: [Ellipse], background: Int, seed: UInt64, clip: (Double) -> (from: Double, to: Double)? = { _ in nil }
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { memory, initializedCount in
            var random = SplitMix64(seed: seed)
            let picture = UnsafeMutableRawBufferPointer(memory)
            for row in 0..<rows {
                let height = (Double(row) + 0.5 - Double(rows) / 2) / unit
                let shift = Int(truncatingIfNeeded: random.next() >> 16)
                copy(background, from: 0, to: columns, row: row, shift: shift, into: picture)
                let bounds = clip(height) ?? (-.infinity, .infinity)
                for (index, ellipse) in ellipses.enumerated() {
                    guard let span = ellipse.span(at: height) else { continue }
                    copy(
                        ellipse.material, from: column(max(span.from, bounds.from)), to: column(min(span.to, bounds.to)),
                        row: row, shift: shift &+ index &* 7919, into: picture)
                }
            }
            // The background was copied into every row: no byte is left out.
            initializedCount = byteCount
        }
    }

    /// The first column whose middle is not left of `x`, within the picture.
    private func column(_ x: Double) -> Int {
        let column = (x * unit + Double(columns) / 2 - 0.5).rounded(.up)
        return Int(min(max(column, 0), Double(columns)))
    }

    /// Copies samples of a material into the columns `first..<last` of a row.
    private func copy(
        _ material: Int, from first: Int, to last: Int, row: Int, shift: Int, into picture: UnsafeMutableRawBufferPointer
    ) {
        guard first < last else { return }
        let count = (last - first) * bytesPerSample
        let target = (row * columns + first) * bytesPerSample
        textures[material].bytes.withUnsafeBytes { samples in
            // 0 <= first < last <= columns, and a texture holds at least a row, so both ranges lie within their memory.
            let source = (shift & .max) % (samples.count / bytesPerSample - columns + 1) * bytesPerSample
            UnsafeMutableRawBufferPointer(rebasing: picture[target..<target + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: samples[source..<source + count]))
        }
    }
}

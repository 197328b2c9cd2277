import CodTesting
import Testing

@Suite struct PhantomTests {
    /// The CT numbers of the slices of a series.
    private func slices(of study: SyntheticStudy) throws -> [[Int]] {
        try #require(study.series.first).instances.map { instance in
            let pixels = try ParsedDICOM(instance.bytes()).pixels()
            return stride(from: 0, to: pixels.count, by: 2).map { Int(pixels[$0]) + Int(pixels[$0 + 1]) * 256 - 1024 }
        }
    }

    @Test func `A chest has air around it, lungs, soft tissue and bone in it`() throws {
        let slices = try slices(of: SyntheticStudy(seed: 7, instancesPerSeries: 5, rows: 96, columns: 96))
        let middle = slices[2]
        #expect(middle.allSatisfy { (-1024...3071).contains($0) })
        // The corners are outside of the body.
        for corner in [0, 95, 95 * 96, 96 * 96 - 1] { #expect(middle[corner] < -900) }
        func share(_ range: ClosedRange<Int>) -> Double {
            Double(middle.count(where: range.contains)) / Double(middle.count)
        }
        #expect(share(-950 ... -750) > 0.1)  // lung
        #expect(share(0...150) > 0.1)  // soft tissue
        #expect(share(150...350) > 0.01)  // blood with contrast agent, marrow
        #expect(share(450...1000) > 0.01)  // bone
    }

    @Test func `Slices change from one to the next`() throws {
        let slices = try slices(of: SyntheticStudy(seed: 7, instancesPerSeries: 12, rows: 64, columns: 64))
        let lungAreas = slices.map { slice in slice.count(where: (-950 ... -750).contains) }
        #expect(Set(lungAreas).count > 8)
        // The lungs end within the series.
        #expect(try #require(lungAreas.first) < 100)
        #expect(try #require(lungAreas.max()) > 400)
    }

    @Test func `Two series of a study show the same body with noise of their own`() throws {
        let study = try SyntheticStudy(seed: 9, seriesCount: 2, instancesPerSeries: 1, rows: 64, columns: 64)
        let pictures = try study.series.map { series in
            try firstFile(of: series).pixels()
        }
        let distances = zip(pictures[0], pictures[1]).enumerated().filter { $0.offset % 2 == 0 }.map { pair in
            let (first, second) = pair.element
            return abs(Int(first) - Int(second))
        }
        #expect(distances.contains { $0 != 0 })
        #expect(pictures[0] != pictures[1])
    }

    @Test func `The heart beats: its chambers narrow and widen, and the beat repeats`() throws {
        let study = try SyntheticStudy(seed: 5, seriesCount: 0, rows: 64, columns: 64, cineFrameCount: 49)
        let pixels = try firstFile(of: study).pixels()
        let dark = (0..<49).map { frame in
            // Within the fan, where only chambers are dark.
            (10..<50).reduce(0) { sum, row in
                sum + (26..<38).count { (1..<40).contains(Int(pixels[frame * 4096 + row * 64 + $0])) }
            }
        }
        #expect(Set(dark).count > 4)
        #expect(abs(dark[0] - dark[24]) + abs(dark[6] - dark[30]) < abs(dark[6] - dark[18]) + 40)
        let frames = (0..<49).map { Array(pixels[$0 * 4096..<($0 + 1) * 4096]) }
        #expect(Set(frames).count == 49)
        // Above and beside the fan there is nothing.
        #expect(frames.allSatisfy { $0[0] == 0 && $0[63] == 0 })
    }

    @Test func `A picture compresses as a CT slice does, noise not at all`() throws {
        func ratio(_ study: SyntheticStudy) throws -> Double {
            let bytes = try #require(study.series.first?.instances.first).bytes()
            return Double(try gzip(bytes).count) / Double(bytes.count)
        }
        let slice = try ratio(SyntheticStudy(seed: 1, instancesPerSeries: 1, rows: 256, columns: 256))
        #expect((0.3...0.75).contains(slice), "\(slice)")
        let noise = try ratio(
            SyntheticStudy(seed: 1, instancesPerSeries: 1, rows: 8, columns: 8, payload: .noise(byteCount: 1_000_000)))
        #expect(noise > 0.98)
    }
}

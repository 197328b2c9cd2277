/// One instance of a ``SyntheticSeries``: a DICOM file (Part 10, Explicit VR Little Endian) that is made as it is read.
public struct SyntheticInstance: Sendable {
    let series: SyntheticSeries
    /// Its place in the series, from 0.
    let index: Int

    private var source: SyntheticSource { series.source }

    /// The SOP Instance UID.
    public var uid: String {
        SyntheticUID.derived(seed: source.study.seed, path: [2, UInt64(series.index), UInt64(index)])
    }

    /// How long the file is.
    public var byteCount: Int64 {
        Int64(head.count) + Int64(pixelByteCount + pixelByteCount % 2) + Int64(trailer.count) + Int64(source.noiseByteCount)
    }

    /// The whole file, in memory.
    public func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(byteCount))
        forEachChunk { (chunk: RawSpan) in chunk.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Lends the file in pieces, in order: at most a picture, or 256 KiB of noise, at a time.
    public func forEachChunk<Failure: Error>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
        let head = head
        try body(head.span.bytes)
        for frame in 0..<frameCount {
            let picture = picture(frame)
            try body(picture.span.bytes)
        }
        let rest = (pixelByteCount % 2 == 1 ? [0] : []) + trailer
        if !rest.isEmpty { try body(rest.span.bytes) }
        var left = source.noiseByteCount
        guard left > 0 else { return }
        let noise = source.noise
        // Each instance begins elsewhere, so that no two are the same.
        var position = Int(SplitMix64(seed: pictureSeed(0)).first % UInt64(noise.count))
        while left > 0 {
            let count = min(left, noise.count - position)
            try body(noise.span.bytes.extracting(position..<position + count))
            left -= count
            position = 0
        }
    }

    var frameCount: Int { series.kind == .slices ? 1 : source.study.cineFrameCount }

    /// All elements in the order of their tags, those of group 2 first; pixels only as a length.
    var elements: [DICOMElement] {
        let meta = DICOMFile.metaElements(sopClass: sopClass, uid: uid)
        return meta + (series.kind == .slices ? sliceElements : cineElements)
    }

    var sopClass: String {
        switch series.kind {
        case .slices: "1.2.840.10008.5.1.4.1.1.2"  // CT Image Storage
        case .cine: "1.2.840.10008.5.1.4.1.1.3.1"  // Ultrasound Multi-frame Image Storage
        }
    }

    var pixelByteCount: Int {
        source.study.rows * source.study.columns * (series.kind == .slices ? 2 : source.study.cineFrameCount)
    }

    private var head: [UInt8] { DICOMFile.bytes(of: elements) }

    /// The element that the noise is the value of; nothing when there is none.
    private var trailer: [UInt8] {
        guard source.noiseByteCount > 0 else { return [] }
        return DICOMFile.encoded([DICOMElement(0xFFFC_FFFC, .otherByte, .following(byteCount: source.noiseByteCount))])
    }

    private func picture(_ frame: Int) -> [UInt8] {
        switch series.kind {
        case .slices: source.thorax.slice(at: series.geometry.height(ofSlice: index), seed: pictureSeed(0))
        case .cine: source.heart.frame(frame, seed: pictureSeed(frame))
        }
    }

    private func pictureSeed(_ frame: Int) -> UInt64 {
        SplitMix64(seed: source.study.seed, path: [3, UInt64(series.index), UInt64(index), UInt64(frame)]).first
    }
}

extension SplitMix64 {
    /// The number that `next()` would answer.
    fileprivate var first: UInt64 {
        var copy = self
        return copy.next()
    }
}

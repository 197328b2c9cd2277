public import CodCore

/// A study that is made up: valid DICOM files with a phantom in them, described by a seed and sizes.
///
/// The same description gives the same bytes on every machine. It holds no pixels; they are made when they are asked for, an
/// instance at a time. Its patient is called `PHANTOM^COD`.
///
///     let study = try SyntheticStudy(seed: 7, seriesCount: 3, instancesPerSeries: 40)
///     let store = try study.write(to: StoreWriter(folder: "store", prefix: "demo/dicomweb"))
public struct SyntheticStudy: Sendable, Hashable {
    /// What an instance holds beside its attributes.
    public enum Payload: Sendable, Hashable {
        /// A slice of a phantom.
        case phantom
        /// The same, and behind it so many bytes that deflate cannot shorten (as Data Set Trailing Padding, which readers skip): a
        /// cheap way to instances of any size.
        case noise(byteCount: Int)
        /// The same, and behind it so many zeros, which ``StoreWriter`` leaves as a hole in the tar: archives of any size that take
        /// hardly any room.
        case zeros(byteCount: Int)
    }

    /// What all of it follows from.
    public let seed: UInt64
    /// How many CT series there are.
    public let seriesCount: Int
    /// How many slices each of them has.
    public let instancesPerSeries: Int
    /// The height of the pictures, in pixels.
    public let rows: Int
    /// The width of the pictures, in pixels.
    public let columns: Int
    /// With more than 0, one more series comes last: an ultrasound cine, one instance of so many frames.
    public let cineFrameCount: Int
    /// What an instance holds beside its attributes.
    public let payload: Payload

    /// - Throws: `invalidSource` when a number is below 0, a side of the pictures is not 1 to 65,535 pixels, or an instance
    ///   would hold more than DICOM can (4,294,967,294 bytes in one element).
    public init(
        seed: UInt64, seriesCount: Int = 1, instancesPerSeries: Int = 20, rows: Int = 256, columns: Int = 256,
        cineFrameCount: Int = 0, payload: Payload = .phantom
    ) throws(CodError) {
        self.seed = seed
        self.seriesCount = seriesCount
        self.instancesPerSeries = instancesPerSeries
        self.rows = rows
        self.columns = columns
        self.cineFrameCount = cineFrameCount
        self.payload = payload
        if let problem { throw CodError(.invalidSource, "A synthetic study cannot have \(problem).", reach: .job) }
    }

    /// The Study Instance UID.
    public var uid: String { SyntheticUID.derived(seed: seed, path: []) }

    /// The series, in order. They share a phantom, which the first instance that is read prepares: ask once and keep them.
    public var series: [SyntheticSeries] {
        let source = SyntheticSource(study: self)
        return (0..<seriesCount).map { SyntheticSeries(source: source, index: $0, kind: .slices) }
            + (cineFrameCount > 0 ? [SyntheticSeries(source: source, index: seriesCount, kind: .cine)] : [])
    }

    /// What is wrong with the numbers.
    private var problem: String? {
        let largest: Int64 = 0xFFFF_FFFE
        let sides = 1...65535
        if seriesCount < 0 { return "\(seriesCount) series" }
        if !(0...9_999_999).contains(instancesPerSeries) { return "\(instancesPerSeries) instances in a series" }
        if !sides.contains(rows) { return "pictures of \(rows) rows: 1 to 65535 are possible" }
        if !sides.contains(columns) { return "pictures of \(columns) columns: 1 to 65535 are possible" }
        if cineFrameCount < 0 { return "\(cineFrameCount) frames" }
        let pixels = Int64(rows) * Int64(columns)
        if pixels * 2 > largest {
            return "pictures of \(rows) x \(columns) pixels: they hold \(pixels * 2) bytes, \(largest) are possible"
        }
        let (cine, isTooLarge) = pixels.multipliedReportingOverflow(by: Int64(cineFrameCount))
        if isTooLarge || cine > largest {
            return "\(cineFrameCount) frames of \(pixels) bytes each: \(largest) bytes are possible"
        }
        switch payload {
        case .phantom: break
        case .noise(let byteCount), .zeros(let byteCount):
            if !(0...largest).contains(Int64(byteCount)) {
                return "\(byteCount) bytes behind the picture of an instance: 0 to \(largest) are possible"
            }
        }
        return nil
    }
}

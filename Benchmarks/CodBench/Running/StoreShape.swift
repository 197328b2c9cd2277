import CodTesting

/// A store of one study: so many series with so many instances of a size.
struct StoreShape: Hashable {
    var seriesCount = 4
    let instancesPerSeries: Int
    let instanceByteCount: Int
    /// Whether instances are filled up with zeros, which take no room, in place of noise.
    var isSparse = false

    /// About so many bytes of instances.
    static func holding(_ byteCount: Int, instanceByteCount: Int, seriesCount: Int = 4, isSparse: Bool = false) -> StoreShape {
        StoreShape(
            seriesCount: seriesCount, instancesPerSeries: max(byteCount / seriesCount / instanceByteCount, 1),
            instanceByteCount: instanceByteCount, isSparse: isSparse)
    }

    var name: String { "\(seriesCount)-\(instancesPerSeries)-\(instanceByteCount)\(isSparse ? "-sparse" : "")" }

    var instanceCount: Int { seriesCount * instancesPerSeries }

    var study: SyntheticStudy {
        get throws {
            let side = instanceByteCount < 10_000 ? 8 : 32
            // What an instance has beside what fills it up: attributes and a small picture.
            let bare = 3000 + side * side * 2
            let rest = max(instanceByteCount - bare, 0)
            return try SyntheticStudy(
                seed: UInt64(instanceByteCount), seriesCount: seriesCount, instancesPerSeries: instancesPerSeries, rows: side,
                columns: side, payload: isSparse ? .zeros(byteCount: rest) : .noise(byteCount: rest))
        }
    }
}

internal import CodCore

/// The open folders of the series that are being saved: at most ``capacity`` of them, the least recently used gives way.
struct FolderCache {
    static let capacity = 64

    private var entries: [SeriesID: (folder: SeriesFolder, lastUse: UInt64)] = [:]
    private var useCount: UInt64 = 0

    var count: Int { entries.count }

    /// The folder of a series, when it is open.
    mutating func folder(of series: SeriesID) -> SeriesFolder? {
        guard let place = entries.index(forKey: series) else { return nil }
        useCount += 1
        entries.values[place].lastUse = useCount
        return entries.values[place].folder
    }

    mutating func insert(_ folder: SeriesFolder, of series: SeriesID) {
        if entries[series] == nil, entries.count >= Self.capacity,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        {
            entries[oldest] = nil
        }
        useCount += 1
        entries[series] = (folder, useCount)
    }

    /// Forgets a series; answers its folder when it was open. It is closed when nobody uses it any more.
    mutating func remove(_ series: SeriesID) -> SeriesFolder? { entries.removeValue(forKey: series)?.folder }
}

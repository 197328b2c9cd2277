internal import CodCore

/// An entry of cod-retrieve's `log.json`.
enum LogEntry: Hashable {
    /// `<study>/<series>/<instance>`: the instance is saved as a file of its own.
    case instance(String, of: SeriesID)
    /// `<study>/<series>`: a later cod-retrieve saved the series as an archive, at a place that is not told.
    case archive(SeriesID)

    /// Reads an entry; `nil` when it names nothing that could be saved, a path that leads elsewhere above all.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard 2...3 ~= parts.count, parts.allSatisfy({ UIDText.isValid($0) }) else { return nil }
        let series = SeriesID(study: String(parts[0]), series: String(parts[1]))
        self = parts.count == 3 ? .instance(String(parts[2]), of: series) : .archive(series)
    }

    /// The longest text of an entry, in bytes.
    static let maximumByteCount = 3 * UIDText.maximumCount + 2
}

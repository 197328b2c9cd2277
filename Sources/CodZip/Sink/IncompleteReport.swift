import CodCore

/// The text in a zip of a study of which something is missing: what, and why.
struct IncompleteReport {
    static let entryName = "INCOMPLETE.txt"

    let text: String

    /// The report on a study; `nil` when nothing of it failed.
    init?(on study: SavedStudy) {
        if study.isComplete { return nil }
        var lines = [
            "This zip does not hold all of study \(study.uid).", "", "Missing, and why:", "",
        ]
        for series in study.series {
            for failure in series.failures {
                let place = failure.instance.map { "\(series.id.series)/instances/\($0).dcm" } ?? "of series \(series.id.series)"
                // One line each, whatever a message holds.
                let message = String(failure.message.map { $0.isNewline ? " " : $0 })
                lines.append("\(place): \(message) [\(failure.code)]")
            }
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// Whether an entry is this text.
    func isThere(in entry: ZipEntry?) -> Bool {
        guard let entry else { return false }
        var crc32 = CRC32()
        crc32.update(Array(text.utf8).span.bytes)
        return entry.crc32 == crc32 && entry.byteCount == Int64(text.utf8.count)
    }
}

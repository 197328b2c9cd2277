extension DICOMKeywords {
    /// The keywords that somebody may have meant who wrote `text`, the likeliest first; at most three.
    static func near(_ text: String) -> [String] {
        let written = Array(text.lowercased().utf8.prefix(64))
        guard written.count > 2 else { return [] }
        let far = max(2, written.count / 4)
        let close = all.map { (keyword: $0, distance: distance(written, Array($0.lowercased().utf8))) }
            .filter { $0.distance <= far }.sorted { $0.distance < $1.distance }
        let nearest = close.prefix(3).filter { $0.distance <= (close.first?.distance ?? 0) + 1 }.map(\.keyword)
        if !nearest.isEmpty { return nearest }
        let part = text.lowercased()
        return Array(all.filter { $0.lowercased().contains(part) }.prefix(3))
    }

    /// How many letters must be changed, added or left out to make one text of the other.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (line, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, otherLetter) in other.enumerated() {
                let above = row[column + 1]
                row[column + 1] = letter == otherLetter ? diagonal : min(diagonal, above, row[column]) + 1
                diagonal = above
            }
        }
        return row[other.count]
    }
}

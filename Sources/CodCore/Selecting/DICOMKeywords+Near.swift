extension DICOMKeywords {
    /// The keywords that somebody may have meant who wrote `text`, the likeliest first; at most three.
    static func near(_ text: String) -> [String] {
        let written = Array(text.lowercased().utf8.prefix(64))
        guard written.count > 2 else { return [] }
        let far = max(2, written.count / 4)
        let close = all.map { (keyword: $0, distance: EditDistance.between(written, Array($0.lowercased().utf8))) }
            .filter { $0.distance <= far }.sorted { $0.distance < $1.distance }
        let nearest = close.prefix(3).filter { $0.distance <= (close.first?.distance ?? 0) + 1 }.map(\.keyword)
        if !nearest.isEmpty { return nearest }
        let part = text.lowercased()
        return Array(all.filter { $0.lowercased().contains(part) }.prefix(3))
    }
}

/// The name that was most likely meant.
enum NearName {
    /// The nearest of some names that differs in few letters; `nil` where none does.
    static func nearest(to name: String, in names: some Sequence<String>) -> String? {
        // What is longer is no name of ours.
        guard name.utf8.count <= 64 else { return nil }
        let near = names.map { (distance: distance(name, $0), name: $0) }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let near, near.distance <= max(1, (min(name.count, near.name.count) + 2) / 3) else { return nil }
        return near.name
    }

    /// How many letters must be put in, taken out or changed (Levenshtein).
    static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.lowercased()), Array(other.lowercased()))
        var row = Array(0...other.count)
        for (i, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, wanted) in other.enumerated() {
                let next = min(diagonal + (letter == wanted ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[other.count]
    }
}

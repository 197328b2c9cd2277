import CodCore

/// The name that was most likely meant.
enum NearName {
    /// The nearest of some names that differs in few letters; `nil` where none does.
    static func nearest(to name: String, in names: some Sequence<String>) -> String? {
        // What is longer is no name of ours.
        guard name.utf8.count <= 64 else { return nil }
        let letters = Array(name.lowercased())
        let near = names.map { (distance: EditDistance.between(letters, Array($0.lowercased())), name: $0) }.min {
            ($0.distance, $0.name) < ($1.distance, $1.name)
        }
        guard let near, near.distance <= max(1, (min(name.count, near.name.count) + 2) / 3) else { return nil }
        return near.name
    }
}

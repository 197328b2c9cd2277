/// Why a benchmark cannot go on, as a sentence.
struct Obstacle: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

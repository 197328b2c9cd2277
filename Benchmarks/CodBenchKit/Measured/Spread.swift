/// The median of some values, and how far they are apart.
package struct Spread: Sendable, Hashable, Codable {
    package let median: Double
    package let minimum: Double
    package let maximum: Double

    /// Of an even number of values the upper of the two in the middle; of none, zero.
    package init(_ values: [Double]) {
        let sorted = values.sorted()
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        (minimum, maximum) = (sorted.first ?? 0, sorted.last ?? 0)
    }

    /// A value that was taken once.
    package init(_ value: Double) {
        self.init([value])
    }
}

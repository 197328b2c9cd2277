/// A number that a scenario came to, and what it was to be.
package struct Figure: Sendable, Hashable, Codable {
    /// What a number is of.
    package enum Unit: String, Sendable, Codable {
        case ratio, seconds, bytes, count
    }

    /// What is to be reached.
    package struct Target: Sendable, Hashable, Codable {
        package let limit: Double
        /// Whether less is better.
        package let isMaximum: Bool

        package static func atMost(_ limit: Double) -> Target { Target(limit: limit, isMaximum: true) }
        package static func atLeast(_ limit: Double) -> Target { Target(limit: limit, isMaximum: false) }
    }

    package let name: String
    package let value: Spread
    package let unit: Unit
    package let target: Target?

    package init(_ name: String, _ value: Spread, _ unit: Unit, target: Target? = nil) {
        (self.name, self.value, self.unit, self.target) = (name, value, unit, target)
    }

    package init(_ name: String, _ value: some BinaryInteger, _ unit: Unit, target: Target? = nil) {
        self.init(name, Spread(Double(value)), unit, target: target)
    }

    /// Whether the median keeps to the target; `nil` without one.
    package var isReached: Bool? {
        target.map { $0.isMaximum ? value.median <= $0.limit : value.median >= $0.limit }
    }

    /// How much of what is allowed was used: 1 is the target itself, less is better. Without a target a ratio counts as it is.
    package var shareOfTarget: Double? {
        guard let target else { return unit == .ratio ? value.median : nil }
        let (part, whole) = target.isMaximum ? (value.median, target.limit) : (target.limit, value.median)
        return whole > 0 ? part / whole : nil
    }
}

/// What a scenario came to.
package struct ScenarioReport: Sendable, Hashable, Codable {
    /// Short and stable: what it is called by.
    package let key: String
    package let title: String
    /// How much was taken through, in words.
    package let amount: String
    /// How often it was measured, the warm-up not counted.
    package let roundCount: Int
    package let stamp: Stamp
    package let conditions: Conditions
    /// In the order in which they took turns, ours first; empty where nothing was timed.
    package let rows: [TimedRow]
    package let figures: [Figure]

    /// With the figures that the goals come to, and further ones.
    package init(
        key: String, title: String, amount: String, roundCount: Int, stamp: Stamp, conditions: Conditions, rows: [TimedRow],
        goals: [Goal], figures: [Figure]
    ) {
        (self.key, self.title, self.amount, self.roundCount) = (key, title, amount, roundCount)
        (self.stamp, self.conditions, self.rows) = (stamp, conditions, rows)
        self.figures = goals.compactMap { $0.figure(rows) } + figures
    }
}

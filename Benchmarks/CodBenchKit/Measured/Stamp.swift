/// When a scenario was measured, and of what.
package struct Stamp: Sendable, Hashable, Codable {
    /// Such as `2026-01-31`.
    package let date: String
    /// Short.
    package let commit: String
    /// Whether files differed from that commit.
    package let isModified: Bool

    package init(date: String, commit: String, isModified: Bool) {
        (self.date, self.commit, self.isModified) = (date, commit, isModified)
    }

    package var commitText: String { commit + (isModified ? " + changes" : "") }
}

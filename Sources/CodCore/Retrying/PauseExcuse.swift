/// Tells failures that come of the process having been stopped (by Ctrl-Z, say) from others: connections die meanwhile, and that is no
/// failure of the store or the network. One is excused after each pause.
package struct PauseExcuse: Sendable {
    private var knownCount: Int

    /// - Parameter pauseCount: how often the process had been stopped when what may fail began.
    package init(pauseCount: Int) {
        knownCount = pauseCount
    }

    /// Whether an error is to be passed over, and what failed to be done again at once.
    package mutating func covers(_ error: any Error, pauseCount: Int) -> Bool {
        guard pauseCount != knownCount, let error = error as? CodError, error.transience != .final else { return false }
        knownCount = pauseCount
        return true
    }
}

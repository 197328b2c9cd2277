extension LoopbackStore {
    /// The requests so far, in the order of their arrival; beyond the limit the oldest are gone.
    ///
    /// Whoever has received a whole answer finds it here with its status and byte count.
    public var log: [Request] { state.journal.requests }

    /// The connections and reads of tars that are open, and their peaks.
    public var traffic: Traffic { state.journal.traffic }

    /// Empties the log; peaks fall to what is open now.
    public func clearLog() { state.journal.clear() }
}

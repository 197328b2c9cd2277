extension LoopbackStore {
    /// Lets requests that match meet faults, one each, in order; afterwards `thenAlways`, or good answers.
    ///
    /// Of several scripts that match a request, the earliest that has a fault left is used.
    public func script(matching match: Match, faults: [Fault], thenAlways last: Fault? = nil) {
        state.scripts.add(FaultScripts.Script(match: match, faults: faults, last: last))
    }

    /// How many scripted faults no request has met yet; those of `thenAlways` are not counted.
    public var pendingFaultCount: Int { state.scripts.pendingCount }

    /// Takes back all that is scripted.
    public func clearScripts() { state.scripts.clear() }
}

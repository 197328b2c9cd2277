internal import Synchronization

/// The faults that requests are to meet, and which of them are used up.
final class FaultScripts: Sendable {
    struct Script: Sendable {
        let match: LoopbackStore.Match
        var faults: [LoopbackStore.Fault]
        let last: LoopbackStore.Fault?
    }

    private let scripts = Mutex<[Script]>([])

    var pendingCount: Int { scripts.withLock { $0.reduce(0) { $0 + $1.faults.count } } }

    func add(_ script: Script) { scripts.withLock { $0.append(script) } }

    func clear() { scripts.withLock { $0 = [] } }

    /// The fault for a request, which is used up by this.
    func take(for request: LoopbackStore.Request) -> LoopbackStore.Fault {
        scripts.withLock { scripts in
            for index in scripts.indices where scripts[index].match.holds(request) {
                if !scripts[index].faults.isEmpty { return scripts[index].faults.removeFirst() }
                if let last = scripts[index].last { return last }
            }
            return .pass
        }
    }
}

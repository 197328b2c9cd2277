internal import CodCore
internal import Synchronization

/// All that a store's requests share.
final class StoreState: Sendable {
    let bucket: Bucket
    let scripts = FaultScripts()
    let journal: StoreJournal
    let rules: Mutex<LoopbackStore.Rules>
    let timing: Timing
    let onRequest: @Sendable (LoopbackStore.Request) -> Void
    private let tokenUses = Mutex<[String: Int]>([:])

    init(
        bucket: Bucket, journal: StoreJournal, rules: LoopbackStore.Rules, timing: Timing,
        onRequest: @escaping @Sendable (LoopbackStore.Request) -> Void
    ) {
        self.bucket = bucket
        self.journal = journal
        self.rules = Mutex(rules)
        self.timing = timing
        self.onRequest = onRequest
    }

    /// Takes a token out of those that are accepted.
    func expire(_ token: String) {
        rules.withLock { rules in _ = rules.acceptedTokens?.remove(token) }
    }

    /// Whether a token is let in; counts the use, and expires it after its last one.
    func accepts(_ token: String) -> Bool {
        rules.withLock { rules in
            guard let accepted = rules.acceptedTokens else { return true }
            guard accepted.contains(token) else { return false }
            // Only accepted tokens are counted, so their number bounds the table.
            let count = tokenUses.withLock { uses in
                uses[token, default: 0] += 1
                return uses[token, default: 0]
            }
            if let limit = rules.requestsPerToken, count >= limit { rules.acceptedTokens?.remove(token) }
            return true
        }
    }
}

import CodCore
import Synchronization

/// A catalog that answers plans that were made before, one after the other.
final class MemoryCatalog: Catalog {
    /// What a request comes to.
    enum Answer: Sendable {
        case plan(RetrievalPlan)
        case fails(CodError)
        /// It waits until the task is cancelled.
        case hangs
    }

    private let answers: Mutex<[Answer]>
    private let asked = Mutex<[RetrievalRequest]>([])

    init(_ answers: Answer...) { self.answers = Mutex(answers) }

    /// What it was asked for so far.
    var requests: [RetrievalRequest] { asked.withLock { $0 } }

    @concurrent func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        asked.withLock { $0.append(request) }
        switch answers.withLock({ $0.isEmpty ? .fails(CodError(.stageFailed, "It was asked too often.")) : $0.removeFirst() }) {
        case .plan(let plan): return plan
        case .fails(let error): throw error
        case .hangs:
            try await Task.sleep(for: .seconds(3600))
            return RetrievalPlan(studies: [])
        }
    }
}

internal import Dispatch

/// Runs a call that may block on the disk on a thread of its own, off the threads that tasks share.
///
/// For calls that are made once a series or once a run; the data path writes where it is.
package func offTaskThreads<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Swift.Result(catching: body)) }
    }
}

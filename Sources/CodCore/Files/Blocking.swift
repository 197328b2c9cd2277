internal import Dispatch
internal import Synchronization

/// Runs a call that may block on the disk on a thread of its own, off the threads that tasks share.
///
/// For calls that are made once a series, once a study or once a run; the data path writes where it is. When the task is cancelled,
/// ``SavedInstance/forEachChunk(_:)`` inside `body` throws `CancellationError` before its next chunk; anything else runs to its end.
public func offTaskThreads<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await blocking(on: .global(), body)
}

/// A thread for calls that block for long, one at a time: not one of those that all of the process shares, which may be few.
package final class BlockingLane: Sendable {
    // A serial queue of its own gets a thread however busy the others are.
    private let queue = DispatchQueue(label: "cod.blocking")

    package init() {}

    /// Runs a call; when the task is cancelled, ``BlockingCancellation/check()`` inside `body` throws.
    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await blocking(on: queue, body)
    }
}

private func blocking<Result: Sendable>(
    on queue: DispatchQueue, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    let cancellation = BlockingCancellation()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Swift.Result { try BlockingCancellation.$current.withValue(cancellation, operation: body) })
            }
        }
    } onCancel: {
        cancellation.isCancelled.store(true, ordering: .relaxed)
    }
}

/// Carries the cancellation of a task to the thread that blocks for it.
package final class BlockingCancellation: Sendable {
    @TaskLocal static var current: BlockingCancellation?

    fileprivate let isCancelled = Atomic(false)

    /// Throws when the task that this call is made for, on whatever thread, was cancelled.
    package static func check() throws {
        if Task.isCancelled || current?.isCancelled.load(ordering: .relaxed) == true { throw CancellationError() }
    }
}

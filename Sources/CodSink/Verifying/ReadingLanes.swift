internal import CodCore
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The threads that files are read on.
struct ReadingLanes: Sendable {
    /// As many as there are processors; at least 2, so that one reads while another computes, and at most 16.
    static var defaultCount: Int { min(max(ProcessInfo.processInfo.activeProcessorCount, 2), 16) }

    let lanes: [BlockingLane]

    init(count: Int = Self.defaultCount) {
        lanes = (0..<max(count, 1)).map { _ in BlockingLane() }
    }

    /// What `transform` makes of the elements, in no order, each lane taking the next one when it is done with another. The first
    /// error ends it.
    func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ transform: @escaping @Sendable (Element, inout FileReader) throws -> Result
    ) async throws -> [Result] {
        let queue = Queue()
        return try await withThrowingTaskGroup(of: [Result].self) { group in
            for lane in lanes.prefix(elements.count) {
                group.addTask {
                    try await lane.run {
                        var reader = FileReader()
                        var results: [Result] = []
                        while let position = queue.next(below: elements.count) {
                            results.append(try transform(elements[position], &reader))
                        }
                        return results
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private final class Queue: Sendable {
        private let position = Atomic(0)

        func next(below count: Int) -> Int? {
            let next = position.add(1, ordering: .relaxed).oldValue
            return next < count ? next : nil
        }
    }
}

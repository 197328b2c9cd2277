import CodCore
import Synchronization

/// How fast archives come over some streams at a time. The bytes go nowhere.
struct StreamMeasurement: Sendable {
    /// The most that is read, over all streams.
    static let maximumByteCount: Int64 = 64 << 20
    /// The longest that it is read for.
    static let maximumTime: Duration = .seconds(3)
    /// How often a stream begins anew, where the archive is short.
    static let maximumRoundCount = 32

    let fetcher: any Fetcher
    let archive: Archive
    let streamCount: Int

    private final class Tally: Sendable {
        let byteCount = Atomic<Int64>(0)
    }

    /// Reads, each stream over a connection of its own and its own part of the archive. Throws what every stream failed with.
    func run() async throws -> (byteCount: Int64, seconds: Double) {
        let tally = Tally()
        let start = ContinuousClock.now
        var failure: (any Error)?
        var endedCount = 0
        await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for lane in 0..<streamCount {
                group.addTask(executorPreference: fetcher.executor(forLane: lane)) {
                    do {
                        try await Lane.$number.withValue(lane) { try await read(lane: lane, tally) }
                        return .success(true)
                    } catch { return .failure(error) }
                }
            }
            // A stream that stands still does not hold up the rest.
            group.addTask {
                try? await Task.sleep(for: Self.maximumTime)
                return .success(false)
            }
            for await result in group {
                switch result {
                case .success(true): endedCount += 1
                case .success(false): group.cancelAll()
                case .failure(let error):
                    failure = failure ?? (error is CancellationError ? nil : error)
                    endedCount += 1
                }
                if endedCount == streamCount { group.cancelAll() }
            }
        }
        try Task.checkCancellation()
        let count = tally.byteCount.load(ordering: .relaxed)
        if let failure, count == 0 { throw failure }
        return (count, (ContinuousClock.now - start) / .seconds(1))
    }

    private func read(lane: Int, _ tally: Tally) async throws {
        for _ in 0..<Self.maximumRoundCount {
            let portion = Portion(archive: archive, byteRange: range(ofLane: lane), instances: [])
            for try await chunk in try await fetcher.open(portion, at: 0) {
                let sum = tally.byteCount.add(Int64(chunk.count), ordering: .relaxed).newValue
                if sum >= Self.maximumByteCount { return }
            }
        }
    }

    /// The stream's part of the archive; all of it where that cannot be parted.
    private func range(ofLane lane: Int) -> Range<Int64>? {
        guard let byteCount = archive.byteCount, byteCount > 0 else { return nil }
        let part = byteCount / Int64(streamCount)
        guard part >= 64 << 10 else { return 0..<byteCount }
        return Int64(lane) * part..<Int64(lane + 1) * part
    }
}

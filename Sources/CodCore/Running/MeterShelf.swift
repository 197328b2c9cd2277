internal import Synchronization

/// The meters of the series that are under way, looked at in turn.
final class MeterShelf: Sendable {
    private let meters = Mutex<[SeriesID: SeriesMeter]>([:])

    /// The series' meter, made when there is none.
    func meter(for series: SeriesID, make: () -> SeriesMeter) -> SeriesMeter {
        meters.withLock { meters in
            if let meter = meters[series] { return meter }
            let meter = make()
            meters[series] = meter
            return meter
        }
    }

    func meter(for series: SeriesID) -> SeriesMeter? { meters.withLock { $0[series] } }

    func remove(_ series: SeriesID) {
        _ = meters.withLock { $0.removeValue(forKey: series) }
    }

    /// Tells the progress of one archive after the other, ten a second. Only for the eye: what must be told is told where it
    /// happens. Each time `tick` is called too.
    func reportUntilCancelled(_ tick: () -> Void = {}) async {
        var turn = 0
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            let current = meters.withLock { Array($0.values) }
            for offset in current.indices {
                guard current[(turn + offset) % current.count].reportProgress() else { continue }
                turn += offset + 1
                break
            }
            tick()
        }
    }
}

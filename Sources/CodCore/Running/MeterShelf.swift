internal import Synchronization

/// The meters of the series that are under way, looked at in turn.
final class MeterShelf: Sendable {
    private struct State {
        var meters: [SeriesID: SeriesMeter] = [:]
        /// What arrived for series that have ended.
        var pastTraffic = Traffic()
    }

    private let state = Mutex(State())

    /// The series' meter, made when there is none.
    func meter(for series: SeriesID, make: () -> SeriesMeter) -> SeriesMeter {
        state.withLock { state in
            if let meter = state.meters[series] { return meter }
            let meter = make()
            state.meters[series] = meter
            return meter
        }
    }

    func meter(for series: SeriesID) -> SeriesMeter? { state.withLock { $0.meters[series] } }

    /// What has arrived so far for all series.
    var traffic: Traffic {
        state.withLock { state in state.meters.values.reduce(state.pastTraffic) { $0 + $1.traffic } }
    }

    func remove(_ series: SeriesID) {
        state.withLock { state in
            if let meter = state.meters.removeValue(forKey: series) { state.pastTraffic = state.pastTraffic + meter.traffic }
        }
    }

    /// Tells the progress of one archive after the other, ten a second. Only for the eye: what must be told is told where it
    /// happens. Each time `tick` is called too.
    func reportUntilCancelled(_ tick: () -> Void = {}) async {
        var turn = 0
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            let current = state.withLock { Array($0.meters.values) }
            for offset in current.indices {
                guard current[(turn + offset) % current.count].reportProgress() else { continue }
                turn += offset + 1
                break
            }
            tick()
        }
    }
}

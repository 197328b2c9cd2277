internal import Synchronization

/// The meters of the series that are under way, looked at ten times a second.
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

    /// Tells the progress of all meters again and again. Only for the eye: what must be told is told where it happens.
    func reportUntilCancelled() async {
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            for meter in meters.withLock({ Array($0.values) }) { meter.reportProgress() }
        }
    }
}

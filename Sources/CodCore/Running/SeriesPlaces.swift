/// Where each series is in a run's work.
struct SeriesPlaces: Sendable {
    private struct Place {
        let study: Int32
        let series: Int32
    }

    private let work: Work
    private let places: [SeriesID: Place]

    init(_ work: Work) {
        self.work = work
        var places = [SeriesID: Place](minimumCapacity: work.studies.reduce(0) { $0 + $1.series.count })
        for (study, content) in work.studies.enumerated() {
            for (series, content) in content.series.enumerated() {
                places[content.plan.id] = Place(study: Int32(study), series: Int32(series))
            }
        }
        self.places = places
    }

    /// What is to be done for a series of the work.
    subscript(_ series: SeriesID) -> SeriesWork? {
        places[series].map { work.studies[Int($0.study)].series[Int($0.series)] }
    }

    /// The position of a series' study.
    func study(of series: SeriesID) -> Int? { places[series].map { Int($0.study) } }
}

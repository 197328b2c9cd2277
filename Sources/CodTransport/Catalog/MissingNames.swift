import CodCore

/// The series and instances that a selection names and no study of the request holds.
///
/// They are reported as series that failed, in the first study that could be listed: a name in vain is a failure of the run, and
/// does not hinder the rest.
struct MissingNames {
    /// What stands for the series of instances that are in none; no series can be called so.
    static let unknownSeries = "(unknown)"

    private let series: [String]
    private let instances: [String]

    init(selection: Selection, series: some Sequence<String>, instances: some Sequence<String>) {
        self.series = selection.series.isEmpty ? [] : selection.series.subtracting(series).sorted()
        self.instances = selection.instances.isEmpty ? [] : selection.instances.subtracting(instances).sorted()
    }

    func add(to plan: inout RetrievalPlan, store: String) {
        guard let position = plan.studies.firstIndex(where: { $0.failure == nil }) else { return }
        let study = plan.studies[position].uid
        let isAlone = plan.studies.count == 1
        let place = isAlone ? "the study \(study)" : "any of the \(plan.studies.count) studies"
        for uid in series {
            let error = CodError(
                .selectionNotFound, "The series \(uid) is not in \(place) in \(store).", recovery: "Check its identifier.")
            let id = SeriesID(study: study, series: uid)
            plan.studies[position].series.append(SeriesPlan(id: id, state: .failed(error.located(in: id))))
        }
        guard let first = instances.first else { return }
        let names =
            instances.prefix(10).joined(separator: ", ") + (instances.count > 10 ? " and \(instances.count - 10) more" : "")
        let error = CodError(
            .selectionNotFound,
            "\(instances.count == 1 ? "The instance \(names) is" : "The instances \(names) are") in no series that was searched of "
                + "\(isAlone ? place : "the \(plan.studies.count) studies") in \(store).",
            recovery: "Check the identifiers; with --series only those series are searched.")
        let id = SeriesID(study: study, series: Self.unknownSeries)
        let located = error.located(in: id, instance: instances.count == 1 ? first : nil)
        plan.studies[position].series.append(SeriesPlan(id: id, state: .failed(located)))
    }
}

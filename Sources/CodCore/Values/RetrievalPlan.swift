/// What a request comes to: the series of each study, with what their metadata says.
///
/// A plan is made by a ``Catalog`` and holds a few fields an instance (well under 1 KiB). It does not know what is saved
/// already: ``Pipeline`` asks its sink for that and fetches the rest.
public struct RetrievalPlan: Sendable {
    /// The studies, in the request's order.
    public var studies: [StudyPlan]
    /// What plans a series again whose objects change in mid-run; `nil`: such a series fails.
    public let catalog: (any Catalog)?
    /// What was asked for of each study; a series that is planned again keeps to it.
    public let selection: Selection
    /// The layout that its instances' paths are made by; `nil`: they have none.
    public let layout: FileLayout?

    /// A plan of these studies. One that is named twice is retrieved once.
    ///
    /// - Parameters:
    ///   - studies: the studies, in the order in which they are retrieved.
    ///   - catalog: what made it. With one, a series whose objects change in mid-run is planned again once.
    ///   - selection: what it was made for.
    ///   - layout: what its instances' paths are made by.
    public init(
        studies: [StudyPlan], catalog: (any Catalog)? = nil, selection: Selection = .everything, layout: FileLayout? = nil
    ) {
        self.studies = studies
        self.catalog = catalog
        self.selection = selection
        self.layout = layout
    }

    /// All series of all studies, in order.
    public var series: some Sequence<SeriesPlan> { studies.lazy.flatMap(\.series) }
}

/// The series of one study.
public struct StudyPlan: Sendable {
    /// The study's identifier.
    public let uid: String
    /// Its series, in the order of their names in the store.
    public var series: [SeriesPlan]
    /// Why nothing of the study can be retrieved: it does not exist, or must not be listed.
    public let failure: CodError?

    /// The plan for one study.
    public init(uid: String, series: [SeriesPlan], failure: CodError? = nil) {
        self.uid = uid
        self.series = series
        self.failure = failure
    }
}

/// Which studies are wanted, and what of them.
public struct RetrievalRequest: Sendable {
    /// The studies' identifiers, each once, in the order given. Empty: every study of the source.
    public let studies: [String]
    /// What of each study.
    public let selection: Selection

    /// Makes a request. An identifier that is given twice counts once.
    public init(studies: [String], selection: Selection = .everything) {
        var seen = Set<String>()
        self.studies = studies.filter { seen.insert($0).inserted }
        self.selection = selection
    }
}

/// Which series and instances of a study are wanted. Conditions on different properties must all hold; within one, any.
public struct Selection: Hashable, Sendable {
    /// All there is.
    public static var everything: Selection { Selection() }

    /// The series wanted; empty: all.
    public var series: Set<String>
    /// The instances wanted; empty: all.
    public var instances: Set<String>
    /// The modalities wanted, such as `CT`, in any case; empty: all. A series whose modality is not known has none of them.
    public var modalities: Set<String>
    /// Whether series are left out that are locked or have an error log; see ``SeriesPlan/Notice``. They count as not asked for; each
    /// is named in the catalog's log. Default `false`: what is there of them is retrieved.
    public var skipsLocked: Bool

    /// What is wanted of a study; nothing given: all.
    public init(
        series: Set<String> = [], instances: Set<String> = [], modalities: Set<String> = [], skipsLocked: Bool = false
    ) {
        self.series = series
        self.instances = instances
        self.modalities = modalities
        self.skipsLocked = skipsLocked
    }

    /// Whether it asks for all there is.
    public var isEverything: Bool { !namesAnything && !skipsLocked }

    /// Whether it names series, instances or modalities.
    package var namesAnything: Bool { !(series.isEmpty && instances.isEmpty && modalities.isEmpty) }

    /// Whether a series may hold something that is wanted, judged by its identifier alone.
    public func admits(series uid: String) -> Bool { series.isEmpty || series.contains(uid) }

    /// Whether a series may hold something that is wanted, judged by its modality alone.
    public func admits(modality: String?) -> Bool {
        guard let modality = modality?.uppercased() else { return modalities.isEmpty }
        return modalities.isEmpty || modalities.contains { $0.uppercased() == modality }
    }

    /// Whether an instance is wanted, judged by its identifier alone.
    public func admits(instance uid: String) -> Bool { instances.isEmpty || instances.contains(uid) }
}

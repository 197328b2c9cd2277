/// Which series and instances of a study are wanted. Conditions on different properties must all hold; within one, any.
///
/// What is chosen by identifiers, by modality and by attributes is chosen on the plan: only those bytes travel. A series of which
/// nothing is wanted is not in the plan, and does not count as asked for.
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
    /// The series descriptions wanted, any of them; empty: all. Each instance is judged by its own.
    public var seriesDescriptions: [Glob]
    /// Conditions on attributes; each instance is judged by its own. Conditions on different attributes must all hold; of several on one
    /// attribute, any, and none of those that exclude. An instance whose metadata has no attributes has none of them.
    public var attributes: [AttributeCondition]
    /// Of each series every so-manieth instance, the first among them, of those that all else leaves; 1 (the default) or less: all. They
    /// are counted by their Instance Number where all have one, else in the order of the archive, so it is the same ones every time.
    public var every: Int

    /// What is wanted of a study; nothing given: all.
    public init(
        series: Set<String> = [], instances: Set<String> = [], modalities: Set<String> = [], skipsLocked: Bool = false,
        seriesDescriptions: [Glob] = [], attributes: [AttributeCondition] = [], every: Int = 1
    ) {
        self.series = series
        self.instances = instances
        self.modalities = modalities
        self.skipsLocked = skipsLocked
        self.seriesDescriptions = seriesDescriptions
        self.attributes = attributes
        self.every = every
    }

    /// Whether it asks for all there is.
    public var isEverything: Bool { !namesAnything && !skipsLocked && every <= 1 }

    /// Whether it asks for what may not be there: series, instances, modalities or values of attributes.
    package var namesAnything: Bool { !series.isEmpty || namesContent }

    /// Whether only a series' metadata tells if it has something that is wanted.
    package var namesContent: Bool { !instances.isEmpty || !modalities.isEmpty || asksForAttributes }

    /// Whether instances are judged by their attributes.
    package var asksForAttributes: Bool { !seriesDescriptions.isEmpty || !attributes.isEmpty }

    /// The conditions on attributes, as people write them.
    package var conditionTexts: [String] {
        seriesDescriptions.map { "SeriesDescription=\($0)" } + attributes.map(\.description)
    }

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

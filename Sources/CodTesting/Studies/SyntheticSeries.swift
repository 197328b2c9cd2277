/// One series of a ``SyntheticStudy``.
public struct SyntheticSeries: Sendable {
    enum Kind: Sendable { case slices, cine }

    let source: SyntheticSource
    /// Its place in the study, from 0.
    let index: Int
    let kind: Kind

    /// The Series Instance UID.
    public var uid: String { SyntheticUID.derived(seed: source.study.seed, path: [1, UInt64(index)]) }

    /// `CT`, or `US` for the cine.
    public var modality: String { kind == .slices ? "CT" : "US" }

    /// Its Series Description.
    public var description: String {
        kind == .slices ? "\(window.name) \(DecimalText.text(geometry.sliceSpacing, places: 1)) mm" : "Cine four chambers"
    }

    /// How many instances it has.
    public var instanceCount: Int { kind == .slices ? source.study.instancesPerSeries : 1 }

    /// Its instances in order, made as they are asked for.
    public var instances: some Collection<SyntheticInstance> & Sendable {
        SyntheticInstances(series: self)
    }

    /// How the series is to be shown: name, centre and width of the window in Hounsfield units, the scanner's kernel.
    var window: (name: String, center: Int, width: Int, kernel: String) {
        switch index % 3 {
        case 0: ("Chest soft tissue", 40, 400, "SOFT")
        case 1: ("Chest lung", -600, 1500, "LUNG")
        default: ("Chest bone", 400, 1800, "BONE")
        }
    }

    var geometry: SliceGeometry {
        SliceGeometry(sliceCount: source.study.instancesPerSeries, rows: source.study.rows, columns: source.study.columns)
    }
}

/// The instances of a series, made as they are asked for.
struct SyntheticInstances: RandomAccessCollection, Sendable {
    let series: SyntheticSeries

    var startIndex: Int { 0 }
    var endIndex: Int { series.instanceCount }

    subscript(index: Int) -> SyntheticInstance { SyntheticInstance(series: series, index: index) }
}

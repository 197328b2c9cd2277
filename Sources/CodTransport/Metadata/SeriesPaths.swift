import CodCore

/// Makes the paths of one series' instances, by a layout. Each is at most 1 KiB.
struct SeriesPaths: Sendable {
    let layout: FileLayout
    let series: SeriesID

    func path(of uid: String, values: [UInt32: String]) -> String { layout.path(of: uid, in: series, values: values) }
}

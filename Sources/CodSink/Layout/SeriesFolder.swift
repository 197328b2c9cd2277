internal import CodCore

/// The open folder of a series' instances.
struct SeriesFolder: Sendable {
    let folder: OpenFile
    /// Where it is, below the output folder.
    let path: String

    init(_ folder: OpenFile, study: String, series: String) {
        self.folder = folder
        path = "\(study)/\(series)/\(OutputLayout.instancesName)"
    }
}

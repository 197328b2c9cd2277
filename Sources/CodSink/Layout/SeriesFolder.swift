internal import CodCore

/// The open folder of a series' instances.
struct SeriesFolder: Sendable {
    let folder: OpenFile
    /// Where it is, below the output folder.
    let path: String
    /// What instances of the usual names share; `nil` until ``placed(below:)``.
    private var place: SavedPlace?

    init(_ folder: OpenFile, study: String, series: String) {
        self.folder = folder
        path = "\(study)/\(series)/\(OutputLayout.instancesName)"
    }

    /// The same, of the output folder that the user calls `root`.
    func placed(below root: String) -> SeriesFolder {
        var placed = self
        placed.place = SavedPlace(root: root, beginning: "\(path)/", end: OutputLayout.instanceSuffix)
        return placed
    }

    /// An instance that is saved in it; `name` is what its file is called where that is not the usual.
    func saved(
        _ instance: Instance, named name: String?, below root: String, checksum: CRC32C?, isEarlier: Bool = false
    ) -> SavedInstance {
        if let place, name == nil {
            return SavedInstance(instance: instance, in: place, checksum: checksum, isEarlier: isEarlier)
        }
        let name = name ?? OutputLayout.fileName(of: instance.uid)
        return SavedInstance(instance: instance, path: "\(path)/\(name)", root: root, checksum: checksum, isEarlier: isEarlier)
    }
}

package import CodCore
package import SystemPackage

/// The names below an output folder.
///
/// ```
/// <study>/<series>/instances/<instance>.dcm    with a mark where the disk takes two names for one: see DiskName
/// log.json
/// .cod/lock                                    held while partial folders are made and swept, and while log.json is merged
/// .cod/partial/<random>/                       a process' files that are not whole yet
/// .cod/records/<study>/<series>.txt            what is known of saved instances beside their names
/// .cod/layout                                  the layout of the files, where it is not this one
/// ```
///
/// With a ``FileLayout`` instances are where that says, but for those that the metadata does not list, and `files.csv` tells which is
/// where.
package enum OutputLayout {
    static let logName = "log.json"
    static let ownName = ".cod"
    static let lockName = "lock"
    static let partialName = "partial"
    static let recordsName = "records"
    static let layoutName = "layout"
    static let tableName = "files.csv"
    static let instancesName = "instances"
    static let instanceSuffix = ".dcm"
    private static let zipSuffix = ".zip"
    private static let zipMarkSuffix = ".damaged"

    /// Where an instance is, below the output folder, unless a name in the way to it is marked.
    package static func path(of instance: String, in series: SeriesID) -> String {
        "\(series)/\(instancesName)/\(fileName(of: instance))"
    }

    /// The name of an instance's file, unless it is marked; ``OpenFile/fileName(ofInstance:)`` knows.
    package static func fileName(of instance: String) -> String { instance + instanceSuffix }

    /// The instance that a file of that name would hold; `nil` when it is no such name.
    package static func instance(ofFileNamed name: String) -> String? {
        guard name.hasSuffix(instanceSuffix) else { return nil }
        return DiskName.identifier(of: name.dropLast(instanceSuffix.count))
    }

    /// The series that a folder in a study's folder holds; the study that one in the output folder holds.
    static func identifier(ofFolderNamed name: String) -> String? { DiskName.identifier(of: name) }
}

extension OutputLayout {
    /// Whether something of that kind and name may stand in an output folder beside the folders of studies.
    static func isOwn(_ name: String, _ kind: FileStatus.Kind?) -> Bool {
        switch kind {
        case .folder: name == ownName
        case .file: name == logName || name == tableName || isZip(name) || name.hasPrefix(".") && isZipMark(name.dropFirst())
        default: false
        }
    }

    private static func isZip(_ name: some StringProtocol) -> Bool {
        name.hasSuffix(zipSuffix) && DiskName.identifier(of: name.dropLast(zipSuffix.count)) != nil
    }

    /// What a verification of a zip leaves beside it when it is damaged, without the dot in front.
    private static func isZipMark(_ name: Substring) -> Bool {
        name.hasSuffix(zipMarkSuffix) && isZip(name.dropLast(zipMarkSuffix.count))
    }
}

extension OpenFile {
    /// The folder of a series' instances below this output folder; `nil` when there is none, or a link or a file in the way to it.
    package func instancesFolder(of series: SeriesID) throws(Errno) -> OpenFile? {
        try seriesFolder(of: series)?.folder
    }

    /// The same with its path.
    func seriesFolder(of series: SeriesID) throws(Errno) -> SeriesFolder? {
        guard UIDText.isValid(series.study), UIDText.isValid(series.series) else { return nil }
        guard let studyName = try name(of: series.study), let study = try folderIfThere(studyName),
            let seriesName = try study.name(of: series.series),
            let folder = try study.folderIfThere(seriesName)?.folderIfThere(OutputLayout.instancesName)
        else { return nil }
        return SeriesFolder(folder, study: studyName, series: seriesName)
    }

    /// The same, made where it is not there. The identifiers must have been checked.
    func makingSeriesFolder(of series: SeriesID, colliding: Colliding = Colliding()) throws(Errno) -> SeriesFolder {
        func make() throws(Errno) -> SeriesFolder {
            let study = try makingFolder(of: series.study, isMarked: colliding.studies.contains(series.study))
            let inside = try study.folder.makingFolder(of: series.series, isMarked: colliding.series.contains(series))
            return SeriesFolder(
                try inside.folder.makingFolder(OutputLayout.instancesName), study: study.name, series: inside.name)
        }
        // Somebody may take an empty folder away before the next one is made in it.
        do { return try make() } catch .noSuchFileOrDirectory { return try make() }
    }

    /// Removes the folders of a series and study in which nothing is.
    func removeEmptyFolders(of series: SeriesID) {
        guard let studyName = try? name(of: series.study), let study = try? folder(studyName),
            let seriesName = try? study.name(of: series.series), let folder = try? study.folder(seriesName)
        else { return }
        // A folder that holds anything cannot be removed so.
        try? folder.removeFolder(OutputLayout.instancesName)
        try? study.removeFolder(seriesName)
        try? removeFolder(studyName)
    }

    /// The folder of that name; `nil` when nothing or something else has the name.
    func folderIfThere(_ name: String) throws(Errno) -> OpenFile? {
        do {
            return try folder(name)
        } catch .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels {
            return nil
        }
    }
}

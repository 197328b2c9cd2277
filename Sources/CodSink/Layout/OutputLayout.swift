package import CodCore
package import SystemPackage

/// The names below an output folder.
///
/// ```
/// <study>/<series>/instances/<instance>.dcm
/// log.json
/// .cod/lock                                    held while partial folders are made and swept, and while log.json is merged
/// .cod/partial/<random>/                       a process' files that are not whole yet
/// .cod/records/<study>/<series>.txt            what is known of saved instances beside their names
/// ```
package enum OutputLayout {
    static let logName = "log.json"
    static let ownName = ".cod"
    static let lockName = "lock"
    static let partialName = "partial"
    static let recordsName = "records"
    static let instancesName = "instances"
    private static let instanceSuffix = ".dcm"
    private static let zipSuffix = ".zip"

    /// Where an instance is, below the output folder.
    package static func path(of instance: String, in series: SeriesID) -> String {
        "\(series)/\(instancesName)/\(fileName(of: instance))"
    }

    /// The name of an instance's file.
    package static func fileName(of instance: String) -> String { instance + instanceSuffix }

    /// The instance that a file of that name would hold; `nil` when it is no such name.
    package static func instance(ofFileNamed name: String) -> String? {
        guard name.hasSuffix(instanceSuffix) else { return nil }
        let uid = name.dropLast(instanceSuffix.count)
        return UIDText.isValid(uid) ? String(uid) : nil
    }
}

extension OutputLayout {
    /// Whether something of that kind and name may stand in an output folder beside the folders of studies.
    static func isOwn(_ name: String, _ kind: FileStatus.Kind?) -> Bool {
        switch kind {
        case .folder: name == ownName
        case .file: name == logName || name.hasSuffix(zipSuffix) && UIDText.isValid(name.dropLast(zipSuffix.count))
        default: false
        }
    }
}

extension OpenFile {
    /// The folder of a series' instances below this output folder; `nil` when there is none, or a link or a file in the way to it.
    package func instancesFolder(of series: SeriesID) throws(Errno) -> OpenFile? {
        guard UIDText.isValid(series.study), UIDText.isValid(series.series) else { return nil }
        return try folderIfThere(series.study)?.folderIfThere(series.series)?.folderIfThere(OutputLayout.instancesName)
    }

    /// The same, made where it is not there. The identifiers must have been checked.
    func makingInstancesFolder(of series: SeriesID) throws(Errno) -> OpenFile {
        func make() throws(Errno) -> OpenFile {
            try makingFolder(series.study).makingFolder(series.series).makingFolder(OutputLayout.instancesName)
        }
        // Somebody may take an empty folder away before the next one is made in it.
        do { return try make() } catch .noSuchFileOrDirectory { return try make() }
    }

    /// Removes the folders of a series and study in which nothing is.
    func removeEmptyFolders(of series: SeriesID) {
        guard let study = try? folder(series.study), let folder = try? study.folder(series.series) else { return }
        // A folder that holds anything cannot be removed so.
        try? folder.removeFolder(OutputLayout.instancesName)
        try? study.removeFolder(series.series)
        try? removeFolder(series.study)
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

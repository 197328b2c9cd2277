package import CodCore
package import SystemPackage

extension OpenFile {
    /// The series that have a folder in this output folder, in no order, one after the other. Links are passed over. A study's folder
    /// that cannot be looked into is told to `unreadable`, by its path. Blocks on the disk.
    package func forEachSeries(
        unreadable: (_ path: String, Errno) throws -> Void = { throw $1 }, _ body: (SeriesID) throws -> Void
    ) throws {
        try forEachFolder(unreadable: unreadable) { study, folder in
            try folder.forEachFolder { series, _ in try body(SeriesID(study: study, series: series)) }
        }
    }

    /// The series of which there are records in this output folder, in no order, one after the other. A folder of records that
    /// cannot be looked into is told to `unreadable`, by its path below the folder of all records. Blocks on the disk.
    package func forEachRecordedSeries(
        unreadable: (_ path: String, Errno) throws -> Void = { throw $1 }, _ body: (SeriesID) throws -> Void
    ) throws {
        let records = try folderIfThere(OutputLayout.ownName)?.folderIfThere(OutputLayout.recordsName)
        try records?.forEachFolder(unreadable: unreadable) { study, folder in
            try folder.forEachName { name in
                guard let series = SeriesRecords.series(ofFileNamed: name), try folder.status(of: name)?.kind == .file else {
                    return
                }
                try body(SeriesID(study: study, series: series))
            }
        }
    }

    /// The instances that have a file in this folder of a series' instances, and the files' sizes. Blocks on the disk.
    package func forEachInstance(_ body: (_ uid: String, _ byteCount: Int64) throws -> Void) throws {
        try forEachInstanceFile { uid, _, byteCount in try body(uid, byteCount) }
    }

    /// The same with the files' names.
    package func forEachInstanceFile(_ body: (_ uid: String, _ name: String, _ byteCount: Int64) throws -> Void) throws {
        try forEachName { name in
            guard let uid = OutputLayout.instance(ofFileNamed: name), let status = try status(of: name), status.kind == .file
            else { return }
            try body(uid, name, status.byteCount)
        }
    }

    /// The name of an instance's file in this folder of a series' instances; `nil` when there is none. The identifier must have
    /// been checked. Blocks on the disk.
    package func fileName(ofInstance uid: String) throws(Errno) -> String? {
        try name(of: uid, suffix: OutputLayout.instanceSuffix)
    }

    /// The folders in this one whose names are identifiers, plain or marked. One that cannot be looked into is told to `unreadable`.
    private func forEachFolder(
        unreadable: (_ name: String, Errno) throws -> Void = { throw $1 }, _ body: (String, OpenFile) throws -> Void
    ) throws {
        try forEachName { name in
            do {
                guard let uid = OutputLayout.identifier(ofFolderNamed: name), let folder = try folderIfThere(name) else { return }
                try body(uid, folder)
            } catch let errno as Errno {
                try unreadable(name, errno)
            }
        }
    }
}

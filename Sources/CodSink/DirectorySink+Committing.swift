public import CodCore
internal import SystemPackage

extension DirectorySink {
    /// Brings what a portion saved to the disk, then notes sizes and checksums. What was not brought there, because the run is being
    /// cancelled, is not noted: after a power failure a note would vouch for bytes that are not there.
    ///
    /// When the system says that it could not be brought to the disk, the portion's files may hold anything: they are removed, and
    /// the answer has the failure in place of the instances. A note that cannot be written is a failure too, but the instances stay.
    public func commit(_ series: SavedSeries) async throws -> SavedSeries {
        let folder = state.takeFolder(of: series.id)
        let session = try session()
        guard !series.instances.isEmpty else {
            if folder != nil { session.root.removeEmptyFolders(of: series.id) }
            return series
        }
        // Whoever cancels waits for the end: what is saved is whole, and the system brings it to the disk in a while.
        let isSynced = isDurable && !Task.isCancelled
        return try await offTaskThreads {
            var result = series
            do {
                let seriesFolder =
                    layout == nil ? try (folder ?? session.root.makingSeriesFolder(of: series.id)).folder : nil
                if isSynced, let seriesFolder { sync(series.instances, in: seriesFolder) }
                if isSynced, seriesFolder == nil { syncPaths(series.instances, in: session) }
                if let failure = state.syncFailure {
                    for saved in series.instances {
                        try? self.folder(of: saved, besides: seriesFolder, in: session)?.removeFile(saved.fileName)
                    }
                    removeEmptyFolders(of: series.id, series.instances, in: session)
                    result.instances = []
                    result.failures.append(failure.located(in: series.id))
                    return result
                }
                if isSynced || !isDurable { try note(series.instances, of: series.id, in: session) }
            } catch let error as CodError {
                // Another process does not let go of the records.
                result.failures.append(error.located(in: series.id))
            } catch let errno as Errno where errno.isLackOfFiles {
                if isSynced || !isDurable { state.addUnnoted(series.instances, of: series.id) }
            } catch let errno as Errno {
                let path = "\(path)/\(OutputLayout.ownName)/\(OutputLayout.recordsName)/\(series.id)"
                result.failures.append(CodError.file("write", path, errno).located(in: series.id))
            }
            state.add(series.instances, of: series.id)
            return result
        }
    }

    /// Removes the files of instances of one series, as far as they are the ones that were saved: another process may have put its own
    /// in their place. Throws ``CodError/Code/writeFailed`` when one of them stays.
    public func takeBack(_ instances: [SavedInstance]) async throws {
        guard let series = instances.first?.instance.series else { return }
        let session = try session()
        try await offTaskThreads {
            if layout != nil { return try remove(instances, from: nil, in: session) }
            let colliding = session.ignoresCase ? state.colliding : Colliding()
            let folder = try state.folder(of: series) { () throws(CodError) in
                do throws(Errno) {
                    return try session.root.makingSeriesFolder(of: series, colliding: colliding).placed(below: path)
                } catch {
                    throw CodError.file("open", "\(path)/\(series)", error)
                }
            }
            try remove(instances, from: folder.folder, in: session)
        }
    }

    private func remove(
        _ instances: [SavedInstance], from folder: OpenFile?, in session: OutputSession
    ) throws(CodError) {
        var failure: CodError?
        var reader = FileReader()
        for saved in instances {
            guard let folder = try? self.folder(of: saved, besides: folder, in: session) else { continue }
            if let checksum = saved.checksum,
                let found = try? reader.content(of: saved.fileName, in: folder, upTo: saved.instance.byteCount),
                found.checksum != checksum
            {
                continue
            }
            do throws(Errno) { try folder.removeFile(saved.fileName) } catch {
                if error == .noSuchFileOrDirectory { continue }
                failure = failure ?? CodError.file("remove", "\(path)/\(saved.path)", error)
            }
        }
        if let failure { throw failure }
    }

    func note(_ saved: [SavedInstance], of series: SeriesID, in session: OutputSession) throws {
        try SeriesRecords.append(
            saved.map { SeriesRecords.Record($0, keepsPath: layout != nil) }, to: series, in: session.own, locks: session.locks)
    }

    /// Waits until the instances are on the disk. After one failure of a run nothing is trusted: the system tells of an error once,
    /// and it may have hit the files of any portion.
    func sync(_ instances: [SavedInstance], in folder: OpenFile) {
        do {
            try sync(folder, instances)
        } catch .notSupported, .invalidArgument, .noFunction {
            // A file system that cannot be asked.
        } catch {
            state.syncFailure = CodError.file("bring to the disk what was written to", path, error).reaching(.job)
        }
    }
}

/// Waits until instances that were saved in a folder are on the disk.
typealias InstanceSync = @Sendable (OpenFile, [SavedInstance]) throws(Errno) -> Void

/// On Linux one call for the whole file system; elsewhere one for each file, and one for the drive's cache.
@Sendable func syncInstances(in folder: OpenFile, _ instances: [SavedInstance]) throws(Errno) {
    #if os(Linux)
        try folder.syncFileSystem()
    #else
        for saved in instances { try folder.openReading(saved.fileName).sync() }
        // The folders of the instances, the series and the study, and the output folder: each has the name of the one before.
        var above = folder
        for _ in 0..<3 {
            try above.sync()
            above = try above.folder("..")
        }
        try above.syncFileSystem()
    #endif
}

extension SavedInstance {
    /// What its file is called in the series' folder.
    var fileName: String {
        PathParts(path).name
    }
}

extension SeriesRecords.Record {
    /// - Parameter keepsPath: whether the files have a layout, and their paths are noted.
    init(_ saved: SavedInstance, keepsPath: Bool = false) {
        self.init(
            uid: saved.instance.uid, byteCount: saved.instance.byteCount, checksum: saved.checksum,
            isVerified: saved.isVerified || saved.isConfirmedByArchive,
            archiveChecksum: saved.isVerified || saved.checksum == nil ? nil : saved.archiveChecksum,
            path: keepsPath ? saved.path : nil)
    }
}

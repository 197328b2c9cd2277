public import CodCore
internal import SystemPackage

extension DirectorySink {
    /// Where an instance is to be: a folder, and the name in it.
    private struct Place {
        let folder: OpenFile
        let name: String
        /// Below the output folder.
        let path: String
        /// The series' folder, and whether the name is the usual one there; `nil` in a layout.
        var series: (folder: SeriesFolder, isUsual: Bool)?
        /// Whether what is there may be replaced without looking at it.
        var isOwn = true
    }

    /// Writes an instance as its bytes come, where it runs, and gives the file its name when all of them are there.
    ///
    /// An older file of that name is replaced. Throws ``CodError/Code/sizeMismatch`` when there are more or fewer bytes than
    /// ``Instance/byteCount``, ``CodError/Code/writeFailed`` when they cannot be written; a full disk reaches the job.
    public func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        try instance.checkNames(for: "on disk")
        let session = try session()
        var place = try writing(OutputLayout.path(of: instance.uid, in: instance.series)) { () throws(Errno) in
            try self.place(of: instance, in: session)
        }
        let folder = place.folder
        var file = try writing(place.path) { () throws(Errno) in try InstanceFile(for: folder, partial: session.partial) }
        var byteCount: Int64 = 0
        while let chunk = try await body.next() {
            byteCount += Int64(chunk.count)
            guard byteCount <= instance.byteCount else { throw instance.sizeMismatch(found: "at least \(byteCount)") }
            try writing(place.path) { () throws(Errno) in try file.write(chunk) }
        }
        guard byteCount == instance.byteCount else { throw instance.sizeMismatch(found: "\(byteCount)") }
        if try state.isRecorded(instance) || !publish(&file, as: instance, at: &place, replacing: false, in: session) {
            // The record of an earlier file would vouch for this one as soon as it has the name.
            try withdrawRecord(of: instance, in: session)
            if isDurable { try writing(place.path) { () throws(Errno) in try file.sync() } }
            if !place.isOwn, !holds(place.folder, place.name, instance, body.checksum) {
                // What is there is somebody else's, and stays.
                let target = InstanceTarget(path: place.path, isOwn: false).distinct(for: instance)
                place = try writing(target.path) { () throws(Errno) in try self.place(at: target, in: session) }
            }
            _ = try publish(&file, as: instance, at: &place, replacing: true, in: session)
        }
        guard let series = place.series else {
            state.take(place.path, for: instance)
            return SavedInstance(instance: instance, path: place.path, root: self.path, checksum: body.checksum)
        }
        return series.folder.saved(
            instance, named: series.isUsual ? nil : place.name, below: self.path, checksum: body.checksum)
    }

    private func publish(
        _ file: inout InstanceFile, as instance: Instance, at place: inout Place, replacing: Bool, in session: OutputSession
    ) throws(CodError) -> Bool {
        do throws(Errno) {
            do {
                return try file.publish(in: place.folder, as: place.name, replacing: replacing)
            } catch .noSuchFileOrDirectory {
                // The folder was still empty, and another portion or process that saved nothing took it away.
                _ = state.takeFolder(of: instance.series)
                place =
                    place.series == nil
                    ? try self.place(at: InstanceTarget(path: place.path, isOwn: place.isOwn), in: session)
                    : try self.place(of: instance, in: session)
                return try file.publish(in: place.folder, as: place.name, replacing: replacing)
            }
        } catch {
            throw CodError.file("write", "\(self.path)/\(place.path)", error)
        }
    }

    /// Notes, on the disk too, that what is recorded of an instance no longer counts: this run has other bytes for its file, and may end
    /// before it has recorded them.
    private func withdrawRecord(of instance: Instance, in session: OutputSession) throws {
        do {
            try SeriesRecords.withdraw(
                instance.uid, of: instance.series, in: session.own, locks: session.locks, isDurable: isDurable)
        } catch let errno as Errno {
            let path = "\(path)/\(SeriesRecords.path(of: instance.series))"
            throw CodError.file("write", path, errno)
        }
    }

    private func place(at target: InstanceTarget, in session: OutputSession) throws(Errno) -> Place {
        let parts = PathParts(target.path)
        return Place(
            folder: try session.root.makingFolder(atPath: parts.folder), name: parts.name, path: target.path, isOwn: target.isOwn)
    }

    private func place(of instance: Instance, in session: OutputSession) throws(Errno) -> Place {
        if layout != nil { return try place(at: target(of: instance, in: session), in: session) }
        let series = instance.series
        let folder = try state.folder(of: series) { () throws(Errno) in
            try session.root.makingSeriesFolder(of: series, colliding: session.ignoresCase ? state.colliding : Colliding())
                .placed(below: path)
        }
        var name = OutputLayout.fileName(of: instance.uid)
        let isUsual = !session.ignoresCase || !DiskName.isAmbiguous(instance.uid)
        if !isUsual {
            name = try state.takeName(of: instance.uid, in: series) { () throws(Errno) in
                try folder.folder.names { OutputLayout.instance(ofFileNamed: $0) != nil }
            }
        }
        return Place(folder: folder.folder, name: name, path: "\(folder.path)/\(name)", series: (folder, isUsual))
    }

    private func writing<Result: ~Copyable>(_ path: @autoclosure () -> String, _ body: () throws(Errno) -> Result)
        throws(CodError) -> Result
    {
        do { return try body() } catch { throw .file("write", "\(self.path)/\(path())", error) }
    }
}

internal import CodCore
internal import Logging
internal import SystemPackage

extension DirectorySink {
    /// Reads the files that go by their size alone: somebody has removed the records, or the run was killed before they were written.
    /// What is right by the metadata's checksum is recorded as verified, where that has none as it is; what is wrong is recorded as
    /// damaged, and not held.
    func checkingUnrecorded(_ inventory: SeriesInventory, of series: SeriesID) async throws -> SeriesInventory {
        let doubtful = inventory.unrecorded.map { (position: $0, saved: inventory.held[$0]) }
        if doubtful.isEmpty { return inventory }
        if let notice = state.noteChecked(
            count: doubtful.count, byteCount: doubtful.reduce(0) { $0 + $1.saved.instance.byteCount }, in: path)
        {
            logger.notice("\(notice)")
        }
        let session = try session()
        let folder = try await offTaskThreads { layout == nil ? try session.root.instancesFolder(of: series) : nil }
        if layout == nil, folder == nil { return inventory }
        let read = try await ReadingLanes().map(doubtful) { doubtful, reader in
            (doubtful.position, try checksum(of: doubtful.saved, in: folder, session, by: &reader))
        }
        let checksums = Dictionary(uniqueKeysWithValues: read).compactMapValues(\.self)
        var settled = inventory
        let right = settled.settle(checksums)
        let wrong = doubtful.filter { doubtful in
            guard let wanted = doubtful.saved.instance.checksum, let found = checksums[doubtful.position] else { return false }
            return found != wanted
        }
        try await record(right, wrong.map(\.saved.instance), of: series, folder, session)
        return settled
    }

    /// The checksum of an instance's file; `nil` when it cannot be read.
    private func checksum(
        of saved: SavedInstance, in folder: OpenFile?, _ session: OutputSession, by reader: inout FileReader
    ) throws -> CRC32C? {
        let (instance, location) = (saved.instance, saved.location)
        do {
            let name = saved.fileName
            guard let folder = try self.folder(of: saved, besides: folder, in: session) else {
                throw Errno.noSuchFileOrDirectory
            }
            let content = try reader.content(of: name, in: folder, upTo: instance.byteCount)
            if layout == nil, let wanted = instance.checksum,
                content.checksum != wanted || content.byteCount != instance.byteCount
            {
                logger.warning(
                    """
                    \(location) is not what the store holds: its crc32c is \(content.checksum), the metadata's is \(wanted). \
                    It is fetched again.
                    """)
            }
            return content.checksum
        } catch let errno as Errno {
            // No file can be opened now: this says nothing of this one.
            if errno.isLackOfFiles {
                throw CodError.file("read", location, errno, code: .outputUnusable).reaching(.job)
            }
            logger.warning("\(location) cannot be read: \(errno). It is fetched again.")
            return nil
        }
    }

    private func record(
        _ right: [SavedInstance], _ wrong: [Instance], of series: SeriesID, _ folder: OpenFile?, _ session: OutputSession
    ) async throws {
        try await offTaskThreads {
            // Data before its record, here too: it may have been written by a process that died a moment ago.
            if isDurable, !right.isEmpty {
                if let folder { sync(right, in: folder) } else { syncPaths(right, in: session) }
            }
            if let failure = state.syncFailure { throw failure.located(in: series) }
            let records =
                right.map { SeriesRecords.Record($0, keepsPath: layout != nil) }
                // What is at a path that no record gave to an instance may be another's: nothing is said of it.
                + (layout == nil ? wrong : []).map {
                    SeriesRecords.Record(
                        uid: $0.uid, byteCount: $0.byteCount, checksum: $0.checksum, isVerified: false, isDamaged: true)
                }
            do {
                try SeriesRecords.append(records, to: series, in: session.own, locks: session.locks)
            } catch {
                let cause = (error as? CodError)?.message ?? "\(error)."
                logger.notice(
                    "The records of \(series) in \(path) cannot be written: \(cause) Its files are read again next time.")
            }
        }
    }
}

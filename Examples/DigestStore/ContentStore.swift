import CodCore

/// A sink that saves instances under the SHA-256 of their bytes: what several studies or exports have in common lies there once.
///
/// `objects/ab/<the other 62 digits>` holds the bytes, `index/<study>/<series>.tsv` says which instance has which. An object is whole
/// when it has its name, and an instance counts as saved when the index names its object and that is there with its size. So an index
/// that was not written in time costs fetching an object again, and nothing else.
struct ContentStore: Sink {
    /// The folder that holds `objects` and `index`.
    let folder: String
    let indexes: IndexFiles

    /// A store in a folder, which is made when it is needed.
    init(at folder: String) {
        self.folder = folder
        indexes = IndexFiles(folder: "\(folder)/index")
    }

    /// Makes the folders, all of them, so that saving finds its own.
    func prepare(for plan: RetrievalPlan) async throws {
        let folder = folder
        try await offTaskThreads { try ObjectFile.makeFolders(in: folder) }
    }

    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        // Identifiers come from the store by way of any stage: before they are part of a path they are looked at.
        for uid in [instance.series.study, instance.series.series, instance.uid] {
            guard let problem = UIDText.problem(with: uid) else { continue }
            throw CodError(.invalidIdentifier, "An instance cannot be saved as \"\(uid)\": \(problem).", reach: .instance)
        }
        let object = try ObjectFile(in: folder)
        var digest = RunningSHA256()
        var byteCount: Int64 = 0
        while let chunk = try await body.next() {
            digest.update(chunk)
            try object.write(chunk)
            byteCount += Int64(chunk.count)
        }
        // Only now is it known to be good; before this line nothing of it has a name that lasts.
        guard byteCount == instance.byteCount else {
            throw CodError(
                .sizeMismatch, "The instance has \(byteCount) bytes; its archive announced \(instance.byteCount) bytes.",
                reach: .instance)
        }
        let path = Self.path(of: digest.hexDigest)
        try object.publish(as: path)
        return SavedInstance(instance: instance, path: path, root: folder)
    }

    /// Writes into the index what a portion brought. Portions of one series may end at the same time.
    func commit(_ series: SavedSeries) async throws -> SavedSeries {
        let (saved, indexes) = (series.instances, indexes)
        if saved.isEmpty { return series }
        try await offTaskThreads {
            try indexes.update(series.id) { index in
                for instance in saved { index[instance.instance.uid] = IndexEntry(of: instance) }
            }
        }
        return series
    }

    /// Forgets instances. Their objects stay: others may have the same bytes.
    func takeBack(_ instances: [SavedInstance]) async throws {
        let indexes = indexes
        try await offTaskThreads {
            for (series, doubtful) in Dictionary(grouping: instances, by: \.instance.series) {
                try indexes.update(series) { index in
                    for instance in doubtful where index[instance.instance.uid]?.path == instance.path {
                        index[instance.instance.uid] = nil
                    }
                }
            }
        }
    }

    func inventory(of series: SeriesPlan) async throws -> [SavedInstance] {
        let (folder, indexes) = (folder, indexes)
        return try await offTaskThreads {
            let index = try indexes.read(series.id)
            let isWantedWhole = series.instances.allSatisfy(\.isWanted)
            return series.instances.compactMap { planned -> SavedInstance? in
                guard planned.isWanted, let entry = index[planned.uid] else { return nil }
                guard planned.byteCount == nil || planned.byteCount == entry.byteCount else { return nil }
                if let checksum = planned.checksum {
                    guard entry.checksum == checksum else { return nil }
                } else if isWantedWhole, let archive = series.archive?.checksum {
                    // Nothing but the archive's checksum can confirm it, and that is compared when all of it is fetched.
                    guard entry.archiveChecksum == archive else { return nil }
                }
                guard ObjectFile.byteCount(of: "\(folder)/\(entry.path)") == entry.byteCount else { return nil }
                let instance = Instance(
                    series: series.id, uid: planned.uid, byteCount: entry.byteCount, checksum: planned.checksum)
                return SavedInstance(
                    instance: instance, path: entry.path, root: folder, checksum: entry.checksum, isEarlier: true)
            }
        }
    }

    /// Where the bytes of a digest lie below the folder.
    static func path(of digest: String) -> String { "objects/\(digest.prefix(2))/\(digest.dropFirst(2))" }
}

public import CodCore
internal import SystemPackage

extension StudyZipper {
    /// Makes the folder with its parents, makes and removes a file in it, and removes what dead processes left. Throws
    /// ``CodError/Code/outputUnusable`` when that cannot be done, or when something that is no file has the name of a zip.
    public func prepare(for plan: RetrievalPlan) async throws {
        let studies = plan.studies.filter { $0.failure == nil }.map(\.uid)
        try await offTaskThreads {
            try opening { () throws(Errno) in
                let opened = try OpenFile.makingFolder(at: FilePath(folder))
                ZipFile.removeDead(in: opened)
                try ZipFile.probe(opened)
            }
            try checkWay(of: studies)
        }
    }

    /// Throws ``CodError/Code/outputUnusable`` when the folder, or the nearest one above it that is there, must not be written to, when
    /// something that is no file has the name of a zip, or when there is less room than the zips take if nothing of them shrinks.
    /// What is zipped already needs none. Changes nothing.
    public func requireRoom(for studies: [ExpectedStudy]) async throws {
        try await offTaskThreads {
            let opened = try opening { () throws(Errno) in
                let opened = try OpenFile.nearestFolder(to: FilePath(folder))
                try opened.checkMayAdd()
                return opened
            }
            try checkWay(of: studies.map(\.uid))
            // A disk that cannot be asked is asked for room when the zips are written.
            guard checksSpace, let disk = try? opened.fileSystem() else { return }
            let own = try? OpenFile.folder(at: folder)
            let open = studies.filter { study in
                guard study.isSaved, let own else { return !study.saved.isEmpty || !study.missingByteCounts.isEmpty }
                return !isZipped(study, in: own)
            }
            let besides = isOnSameDisk(opened) ? studies.flatMap(\.missingByteCounts) : []
            let room = ZipRoom(of: open, besides: besides, on: disk)
            if let problem = room.problem { throw problem.error(for: folder) }
        }
    }

    private func isZipped(_ study: ExpectedStudy, in folder: OpenFile) -> Bool {
        if study.saved.isEmpty { return true }
        let series = Dictionary(grouping: study.saved, by: \.instance.series).map { SavedSeries(id: $0.key, instances: $0.value) }
        let content = try? ZippedStudy(of: SavedStudy(uid: study.uid, series: series), keepsPaths: keepsPaths)
        return content?.earlier(in: folder) == .same
    }

    private func isOnSameDisk(_ opened: OpenFile) -> Bool {
        guard let output, let other = try? OpenFile.nearestFolder(to: FilePath(output)) else { return false }
        return (try? opened.status().identity.device) == (try? other.status().identity.device)
    }

    /// Throws when something that a zip cannot replace stands in its place.
    private func checkWay(of studies: [String]) throws(CodError) {
        guard let opened = try? OpenFile.folder(at: folder) else { return }
        for uid in studies where UIDText.isValid(uid) {
            let name = ZippedStudy.name(of: uid, saved: nil)
            let kind: FileStatus.Kind?
            do { kind = try opened.status(of: name)?.kind } catch { throw .outputUnusable("look at", "\(folder)/\(name)", error) }
            if kind == .folder || kind == .other { throw .outputUnusable("write", "\(folder)/\(name)", .fileExists) }
        }
    }

    private func opening<Result>(_ body: () throws(Errno) -> Result) throws(CodError) -> Result {
        do { return try body() } catch { throw .outputUnusable("write zips to", folder, error) }
    }
}

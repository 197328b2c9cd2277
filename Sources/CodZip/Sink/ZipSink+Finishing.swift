public import CodCore
import SystemPackage

extension ZipSink {
    /// Gives a study that is whole its zip: what was saved now and by earlier runs, and what a finished zip holds beside it. Where that
    /// has everything it is left alone.
    ///
    /// Throws a ``CodError`` of reach `study` when something of the study failed, unless ``ZipOptions/allowsPartial``; and when the
    /// finished zip holds damaged instances that neither this run nor an earlier one has fetched again: without them a new zip would
    /// look whole.
    public func finish(_ study: SavedStudy) async throws -> SavedStudy {
        try await offTaskThreads {
            // What is in a zip that was not published stays for the next run.
            defer { if let zip = state.remove(study.uid), zip.isOfNoUse { zip.discard() } }
            var finished = study
            if let path = try publish(study) { finished.artifacts.append(path) }
            return finished
        }
    }

    private func publish(_ study: SavedStudy) throws -> String? {
        if let problem = UIDText.problem(with: study.uid) {
            throw CodError(
                .invalidIdentifier, "\"\(study.uid)\" cannot be the name of a zip: \(problem).", reach: .study)
        }
        try BlockingCancellation.check()
        let names = names(of: study.uid, in: try openedFolder())
        let isInProgress = try state.zip(of: study.uid).map { !$0.places.isEmpty } ?? isThere(names)
        // Why there is nothing is told already.
        if study.series.allSatisfy(\.instances.isEmpty), !study.isComplete || !isInProgress { return nil }
        let report = study.isComplete ? nil : IncompleteEntry(of: study)
        if report != nil, !options.allowsPartial { throw standing(study, names) }
        let finished = try finishedZip(names)
        let oldReport = finished?.places[IncompleteEntry.name]?.entry
        let hasNewReport =
            report.map { oldReport?.checksum != $0.checksum || oldReport?.byteCount != Int64($0.bytes.count) } ?? false
        func makeup(_ progress: StudyZip?) throws -> ZipMakeup {
            let holdings = progress?.holdings ?? StudyZip.Holdings()
            return try ZipMakeup(
                of: study, progress: holdings.confirmedPlaces, byteCount: progress?.byteCount ?? 0, finished: finished?.places,
                damaged: finished?.damaged ?? [], localNames: finished?.localNames ?? [:],
                confirmed: confirmed(study, holdings.confirmations, finished),
                timestamp: options.timestamp)
        }
        if !isInProgress, try makeup(nil).way(hasNewReport: hasNewReport) == .keep {
            if let error = losingOwn(of: study, finished, names) { throw error }
            DamageMark.removeStale(for: names.name, in: names.folder)
            return names.path
        }
        let progress: StudyZip
        do { progress = try openZip(of: study.uid) } catch let error as CodError {
            // Another process fills it, with what is no matter here: all that was asked for is in the finished one.
            guard error.reach < .job, (try? makeup(nil).way(hasNewReport: hasNewReport)) == .keep else { throw error }
            return names.path
        }
        // There may be a file of that name and nothing in it.
        if progress.places.isEmpty, study.series.allSatisfy(\.instances.isEmpty) { return nil }
        let made = try makeup(progress)
        let way = made.way(hasNewReport: hasNewReport)
        if way != .keep, made.lostCount > 0 { throw losing(made.lostCount, of: study, names) }
        if way == .keep, let error = losingOwn(of: study, finished, names) { throw error }
        if way != .keep { try progress.requireThere() }
        try made.publish(
            by: way, with: report,
            in: ZipMakeup.Workshop(
                names: names, progress: progress, finished: finished, options: options, isDurable: isDurable,
                usesUnnamedFiles: usesUnnamedFiles))
        // From here on what has its names is another process's.
        state.remove(study.uid)
        return names.path
    }

    /// The archives of the series of which nothing failed and all was compared.
    private func confirmed(
        _ study: SavedStudy, _ confirmations: Confirmations, _ finished: FinishedZip?
    ) -> [String: CRC32C] {
        var archives: [String: CRC32C] = [:]
        for series in study.series where series.failures.isEmpty {
            let name = series.id.series
            guard let archive = state.archiveChecksum(of: series.id),
                confirmations.has(archive, of: name) || finished?.confirms(archive, of: name) == true
            else { continue }
            archives[name] = archive
        }
        return archives
    }

    /// Whether there is a zip in progress, or the journal of one that was killed when it had just got its name.
    private func isThere(_ names: StudyZip.Names) throws(CodError) -> Bool {
        do {
            if try StudyZip.isThere(names) { return true }
            return try names.folder.status(of: names.journalName) != nil
        } catch {
            throw CodError.file("read", names.partialPath, error).reaching(.study)
        }
    }

    /// What is damaged of series that were wanted whole, and was not fetched again.
    private func losingOwn(of study: SavedStudy, _ finished: FinishedZip?, _ names: StudyZip.Names) -> CodError? {
        let folders = study.series.lazy.map(\.id).filter(state.isWantedWhole).map { "\($0.series)/" }
        let damaged = finished?.damaged.filter(ZipEntryName.isOfInstance) ?? []
        let count = damaged.count { name in finished?.localNames[name] == nil && folders.contains(where: name.hasPrefix) }
        return count > 0 ? losing(count, of: study, names) : nil
    }

    private func losing(_ count: Int, of study: SavedStudy, _ names: StudyZip.Names) -> CodError {
        var error = CodError(
            .refused,
            "No zip is made of the study: \(names.path) holds \(count) damaged instance\(count == 1 ? "" : "s") that "
                + "\(count == 1 ? "was" : "were") not fetched again; what is saved is kept.",
            recovery:
                "Run the same command for all of the study; what the store has no longer is to be had nowhere: then delete that zip.",
            reach: .study)
        error.study = study.uid
        return error
    }

    private func standing(_ study: SavedStudy, _ names: StudyZip.Names) -> CodError {
        let savedCount = study.series.reduce(0) { $0 + $1.instances.count }
        let failureCount = study.series.reduce(0) { $0 + $1.failures.count }
        let isLeft = study.series.allSatisfy { $0.failures.allSatisfy { $0.code == .limitReached } }
        let failures =
            isLeft
            ? "the limit of bytes leaves some of it for later"
            : "\(failureCount) thing\(failureCount == 1 ? "" : "s") of the study failed"
        let isInProgress = state.zip(of: study.uid).map { !$0.isOfNoUse } ?? false
        let hasEarlier = (try? names.folder.status(of: names.name))?.kind == .file
        let place = isInProgress ? " in \(names.partialPath)" : hasEarlier ? " in \(names.path), which stays as it is" : ""
        let earlier = isInProgress && hasEarlier ? " \(names.path) is of an earlier run, and stays." : ""
        let kept = "what is saved of it (\(savedCount) instance\(savedCount == 1 ? "" : "s")) is kept\(place)"
        var error = CodError(
            isLeft ? .limitReached : .refused,
            "No zip is made of the study\(isLeft ? " yet" : ""): \(failures); \(kept).\(earlier)",
            recovery: isLeft
                ? "Run the same command again to go on."
                : "Run the same command again to fetch what is missing; or give --zip-partial to zip what is saved.",
            reach: .study)
        error.study = study.uid
        return error
    }
}

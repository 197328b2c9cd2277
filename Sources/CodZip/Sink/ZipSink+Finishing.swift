public import CodCore
import SystemPackage

extension ZipSink {
    /// Gives a study that is whole its zip: what was saved now and by earlier runs, and what a finished zip holds beside it. Where that
    /// has everything it is left alone.
    ///
    /// Throws a ``CodError`` of reach `study` when something of the study failed, unless ``ZipOptions/allowsPartial``.
    public func finish(_ study: SavedStudy) async throws -> SavedStudy {
        try await offTaskThreads {
            var finished = study
            if !study.isComplete, study.series.allSatisfy(\.instances.isEmpty) {
                // Why nothing is saved is told already.
                if let zip = state.remove(study.uid), zip.places.isEmpty { zip.discard() }
                return study
            }
            do {
                finished.artifacts.append(try publish(study))
            } catch {
                // What is in it stays for the next run.
                if let zip = state.remove(study.uid), zip.places.isEmpty { zip.discard() }
                throw error
            }
            state.remove(study.uid)
            return finished
        }
    }

    private func publish(_ study: SavedStudy) throws -> String {
        if let problem = UIDText.problem(with: study.uid) {
            throw CodError(
                .invalidIdentifier, "\"\(study.uid)\" cannot be the name of a zip: \(problem).", reach: .study)
        }
        let opened =
            try state.folder
            ?? outputUnusable("make the folder", folder) { () throws(Errno) in
                try OpenFile.makingFolder(at: FilePath(folder))
            }
        state.folder = opened
        let names = names(of: study.uid, in: opened)
        let report = IncompleteReport(on: study)
        if report != nil, !options.allowsPartial || study.series.allSatisfy(\.instances.isEmpty) {
            throw standing(study, names)
        }
        let finished = try finishedZip(names)
        let hasNewReport = report.map { !$0.isThere(in: finished?.places[IncompleteReport.entryName]?.entry) } ?? false
        func makeup(_ progress: StudyZip?) throws -> ZipMakeup {
            try ZipMakeup(
                of: study, progress: progress?.places ?? [:], byteCount: progress?.byteCount ?? 0, finished: finished?.places,
                timestamp: options.timestamp)
        }
        if state.zip(of: study.uid) == nil, !((try? StudyZip.isThere(names)) ?? true) {
            if try makeup(nil).way(hasNewReport: hasNewReport) == .keep { return names.path }
        }
        let progress = try openZip(of: study.uid)
        let made = try makeup(progress)
        try made.publish(
            by: made.way(hasNewReport: hasNewReport), with: report,
            in: ZipMakeup.Workshop(
                names: names, progress: progress, finished: finished, options: options, isDurable: isDurable,
                usesUnnamedFiles: usesUnnamedFiles))
        return names.path
    }

    private func standing(_ study: SavedStudy, _ names: StudyZip.Names) -> CodError {
        let savedCount = study.series.reduce(0) { $0 + $1.instances.count }
        let failureCount = study.series.reduce(0) { $0 + $1.failures.count }
        let failures = "\(failureCount) thing\(failureCount == 1 ? "" : "s") of the study failed"
        let kept =
            savedCount == 0
            ? "nothing of it is saved" : "the \(savedCount) instance\(savedCount == 1 ? "" : "s") that are saved are kept"
        var error = CodError(
            .refused, "\(names.path) is not made: \(failures); \(kept).",
            recovery: "Run the same command again: it fetches what is missing.", reach: .study)
        error.study = study.uid
        return error
    }
}

internal import CodCore
internal import SystemPackage

/// Holds what a ``DirectorySink`` saved against the records that it kept: every file's size and crc32c, without the store.
///
/// Files that are damaged are noted as such in the records, so that the next download into the folder fetches them again, as it
/// does what is missing. Nothing else is changed. Where the records cannot be written, a finding says so. Links are not followed.
///
/// ```swift
/// let report = try await OutputVerifier(at: "studies").run { event in
///     if case .finding(let finding) = event { print(finding.kind, finding.path, finding.message) }
/// }
/// print(report.isWhole ? "whole" : "\(report.failedCount) failures")
/// ```
public struct OutputVerifier: Sendable {
    /// The output folder, as it was given; `.` for an empty text.
    public let path: String
    private let laneCount: Int

    /// Makes one for the output folder at `path`.
    public init(at path: String) {
        self.init(at: path, laneCount: ReadingLanes.defaultCount)
    }

    /// Reads on so many threads.
    init(at path: String, laneCount: Int) {
        self.path = path.isEmpty ? "." : path
        self.laneCount = laneCount
    }

    /// Verifies some studies, or all where none are named, and answers what came of it.
    ///
    /// Files are read on threads of their own, as many as there are processors, a chunk of at most 1 MiB at a time. `tell` is called
    /// with one event after the other, and may take its time: reading waits for it. Findings come series by series, but for
    /// those of series that are read side by side. Cancelling the task ends it before the next chunk; the report is then of what
    /// was looked at, with an ``VerificationReport/interruption``.
    ///
    /// Throws a ``CodError`` when there is nothing to verify: ``CodError/Code/invalidSource`` when the folder is not there or holds
    /// nothing that was saved, ``CodError/Code/invalidIdentifier`` for what can be no study, ``CodError/Code/studyNotFound`` when
    /// none of the studies is there; `CancellationError` when it is cancelled before it is known what there is. Then `tell` is not
    /// called.
    @discardableResult
    @concurrent public func run(
        studies: [String] = [], _ tell: @escaping @Sendable (VerificationEvent) async -> Void = { _ in }
    ) async throws -> VerificationReport {
        for study in studies {
            guard let problem = UIDText.problem(with: study) else { continue }
            throw CodError(
                .invalidIdentifier, "\"\(study)\" is no study: \(problem).",
                recovery: "Give Study Instance UIDs, or their hashes, as the folders in \(path) are called.", reach: .job)
        }
        let (root, survey) = try await BlockingLane().run { [path] in
            let root = try Self.folder(at: path)
            do { return (root, try OutputSurvey(of: root, named: Set(studies))) } catch let errno as Errno {
                throw CodError.file("look into", path, errno, code: .invalidSource).reaching(.job)
            }
        }
        let missing = try missing(of: studies, in: survey)
        let run = VerificationRun(
            root: root, survey: survey, isWhole: studies.isEmpty, laneCount: laneCount, tell: tell)
        return await run.run(failures: missing)
    }

    private static func folder(at path: String) throws(CodError) -> OpenFile {
        do { return try OpenFile.folder(at: path) } catch {
            if error == .notDirectory, path.lowercased().hasSuffix(".zip") {
                throw CodError(
                    .invalidSource, "\(path) is a zip and no folder.",
                    recovery: "Give the folder that studies were saved to. Zips are verified by themselves.", reach: .job)
            }
            throw CodError(
                .invalidSource, "\(path) is no folder that can be verified: \(error).",
                recovery: "Give the folder that studies were saved to.", reach: .job, cause: error)
        }
    }

    /// The named studies of which there is nothing, an error each; throws when there is nothing at all.
    private func missing(of studies: [String], in survey: OutputSurvey) throws(CodError) -> [CodError] {
        guard survey.holdsAnything else {
            throw CodError(
                .invalidSource,
                "\(path) holds nothing that cod saved: no records in \(OutputLayout.ownName)/\(OutputLayout.recordsName), and no "
                    + "<study>/<series>/\(OutputLayout.instancesName).",
                recovery: "Give the folder that studies were saved to, or zips by their names: \(path)/*.zip.", reach: .job)
        }
        var seen = Set<String>()
        let missing = studies.filter { seen.insert($0).inserted && !survey.studies.contains($0) }
        if !missing.isEmpty, survey.studies.isEmpty {
            throw CodError(
                .studyNotFound, "There is nothing in \(path) of \(missing.joined(separator: ", ")).",
                recovery: "Check the studies' UIDs.", reach: .job)
        }
        return missing.map { study in
            var error = CodError(
                .studyNotFound, "There is nothing in \(path) of this study.", recovery: "Check its UID.", reach: .study)
            error.study = study
            return error
        }
    }
}

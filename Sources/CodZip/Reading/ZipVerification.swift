internal import CodCore
internal import SystemPackage

/// Holds a zip against what it says of itself: every entry's records, size, crc32 and, where it has one, crc32c. Needs no network.
///
/// What is damaged is noted beside the zip, as `.<study>.zip.damaged`: it does not count as saved then, so that the next ``ZipSink`` or
/// ``StudyZipper`` with that folder makes it anew, and nothing else. The note goes when that is done, or when a verification finds the
/// zip whole. Nothing else is changed. Where the note cannot be written, findings say so.
///
/// A zip may come from anywhere: what is wrong with it is named, whatever it is. Entries that lie in each other, names that lead out of
/// the folder that it is unpacked to, and two entries of one name are wrong, too.
///
/// ```swift
/// let report = try await ZipVerification(of: "zips/1.2.840.99.zip").run { event in
///     if case .finding(let finding) = event { print(finding.kind, finding.entry, finding.message) }
/// }
/// print(report.isWhole ? "whole" : "not whole")
/// ```
public struct ZipVerification: Sendable {
    /// The zip's path, as it was given.
    public let path: String
    private let laneCount: Int

    /// Makes one for the zip at `path`.
    public init(of path: String) {
        self.init(of: path, laneCount: min(max(availableCoreCount(), 2), 16))
    }

    /// Reads on so many threads.
    init(of path: String, laneCount: Int) {
        (self.path, self.laneCount) = (path, laneCount)
    }

    /// The study that the zip is of, going by its name; `nil` where that can be no study's.
    public var study: String? {
        let name = path.split(separator: "/").last ?? ""
        guard name.lowercased().hasSuffix(ZippedStudy.suffix) else { return nil }
        // On a disk that ignores case there may be a mark behind the identifier.
        let study = name.dropLast(ZippedStudy.suffix.count).prefix { $0 != "~" }
        return UIDText.isValid(study) ? String(study) : nil
    }

    /// Reads the directory alone. Throws a ``CodError``: ``CodError/Code/invalidSource`` when the file cannot be opened or read,
    /// ``CodError/Code/damagedArchive`` when it is no whole zip.
    @concurrent public func contents() async throws -> Contents {
        try await offTaskThreads { try open().survey.contents }
    }

    /// Verifies all of it, and answers what came of it.
    ///
    /// Entries are read side by side on as many threads as there are processors, 256 KiB of the zip at a time; what they unpack to is
    /// not kept. Held is a record an entry. `tell` is called with one event after the other, in no order, and may take its time: reading
    /// waits for it. Cancelling the task ends it soon; the report is then of what was looked at.
    ///
    /// Throws as ``contents()`` does.
    @discardableResult
    @concurrent public func run(_ tell: @escaping @Sendable (Event) async -> Void = { _ in }) async throws -> Report {
        let (file, survey, notes) = try await offTaskThreads { try open() }
        let run = ZipVerificationRun(file: file, checks: survey.checks, notes: notes, laneCount: laneCount, tell: tell)
        let report = await run.run()
        if let notes { try? await offTaskThreads { notes.end(isComplete: !report.isInterrupted) } }
        return report
    }

    private func open() throws -> (file: OpenFile, survey: ZipSurvey, notes: DamageNotes?) {
        do {
            let file = try OpenFile.folder(at: ".").fileFollowing(path)
            let status = try file.status()
            let survey = try ZipSurvey(ZipDirectory(of: file, with: status))
            // No command of ours makes a zip of any other name.
            let zip = study == nil ? nil : DamageNotes.Zip(at: path, opened: status)
            let notes = zip.map { DamageNotes(beside: $0) { [checks = survey.checks] in Set(checks.lazy.map(\.entry.name)) } }
            return (file, survey, notes)
        } catch let errno as Errno {
            throw CodError(
                .invalidSource, "\(path) is no zip that can be read: \(errno).", recovery: "Check its path.", reach: .job,
                cause: errno)
        }
    }
}

public import CodCore
internal import SystemPackage

/// Zips each study that a sink has saved: `<study>.zip` in a folder of its own choosing.
///
/// In the zip an instance is `<series>/instances/<instance>.dcm`, or with ``keepsPaths`` what its file is, in the order of these names, whatever the concurrency. Its bytes are
/// compared with the checksum that it was saved with. A zip has its name only when it is whole and on the disk, and only then takes the
/// place of an older one. One that is there and holds exactly these instances stays as it is, unless a ``ZipVerification`` has found
/// some of it to be damaged.
///
/// A study of which anything failed gets none, which is an error, unless ``ZipOptions/allowsPartial``: then `INCOMPLETE.txt` in the zip
/// tells what failed. One of which nothing is saved gets none either way.
public struct StudyZipper: Finisher {
    /// The folder of the zips; made when it is needed.
    public let folder: String
    /// How they are made.
    public let options: ZipOptions
    /// Whether a run is refused before it begins when the disk has less room than the zips may take.
    public let checksSpace: Bool
    /// The folder that the sink saves to, where it is a folder: when it is on the zips' disk the room for both is looked for.
    public let output: String?
    /// Whether instances are called as the sink's files are, below its folder, and not by their identifiers.
    public let keepsPaths: Bool

    /// Zips into a folder; `.` for an empty text.
    ///
    /// - Parameters:
    ///   - folder: the folder of the zips.
    ///   - options: how they are made.
    ///   - checksSpace: whether a run is refused when there is less room than the zips may take.
    ///   - output: the folder that the sink saves to.
    ///   - keepsPaths: whether instances are called as the sink's files are, where these have a layout.
    public init(
        into folder: String, options: ZipOptions = ZipOptions(), checksSpace: Bool = true, besides output: String? = nil,
        keepsPaths: Bool = false
    ) {
        var folder = folder.isEmpty ? "." : folder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
        self.options = options
        self.checksSpace = checksSpace
        self.output = output
        self.keepsPaths = keepsPaths
    }

    /// Zips a study and adds the zip's path to its artifacts.
    @concurrent public func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
        var study = input
        // Why there is nothing is told already.
        if study.series.allSatisfy(\.instances.isEmpty) { return study }
        let content = try ZippedStudy(of: study, keepsPaths: keepsPaths)
        let path = "\(folder)/\(content.name)"
        guard study.isComplete || options.allowsPartial else { throw Self.refusal(of: study, path: path) }
        let opened = try await offTaskThreads { [folder] in
            try Self.writing(path) { () throws(Errno) in try OpenFile.makingFolder(at: FilePath(folder)) }
        }
        let other = try await offTaskThreads {
            try Self.writing(path) { () throws(Errno) in try content.otherName(in: opened) }
        }
        if let other {
            throw CodError(
                .writeFailed, "\(path) cannot be made: the disk ignores case, and \(other) is there, which is another study's.",
                recovery: "Choose another folder for it (--zip-dir).", reach: .study)
        }
        switch try await offTaskThreads({ content.earlier(in: opened) }) {
        case .same: try await offTaskThreads { DamageMark.removeStale(for: content.name, in: opened) }
        case .holdsMore(let count) where content.report != nil:
            throw CodError(
                .refused,
                "No zip is made of the study, as it is not complete: \(path) is there already and holds \(count) "
                    + "instance\(count == 1 ? "" : "s") that could not be saved now.",
                recovery: "Run the same command again, or move that zip away.", reach: .study)
        case .holdsMore, .replaceable: try await write(content, in: opened, at: path)
        }
        study.artifacts.append(path)
        return study
    }

    /// Where an instance is in a zip of its study. The identifiers must have been checked.
    static func entryName(of instance: Instance) -> String {
        entryName(of: instance.uid, in: instance.series)
    }

    /// The same of an instance that is known by its identifier alone.
    static func entryName(of uid: String, in series: SeriesID) -> String { "\(series.series)/instances/\(uid).dcm" }

    private func write(_ content: ZippedStudy, in folder: OpenFile, at path: String) async throws {
        let zip = try await offTaskThreads {
            try Self.writing(path) { () throws(Errno) in try ZipFile(named: content.name, in: folder, at: path) }
        }
        do {
            let modified = options.timestamp ?? .now
            let options = options
            let written = try await ZipPress(options: options, modified: modified).run(content.sources, into: zip)
            try await offTaskThreads {
                var layout = written
                try content.report?.write(to: &layout, of: zip, options: options, modified: modified)
                let whole = layout
                try zip.writing { () throws(Errno) in try zip.publish(whole) }
            }
        } catch {
            zip.discard()
            throw error
        }
    }

    private static func writing<Result>(_ path: String, _ body: () throws(Errno) -> Result) throws(CodError) -> Result {
        do { return try body() } catch { throw .writingZip(path, error) }
    }

    /// The failures themselves are told already: here it is said what they mean for the zip.
    private static func refusal(of study: SavedStudy, path: String) -> CodError {
        let failures = study.series.flatMap(\.failures)
        let seriesCount = study.series.count { !$0.failures.isEmpty }
        if failures.allSatisfy({ $0.code == .limitReached }) {
            return CodError(
                .limitReached, "No zip is made of the study yet: the limit of bytes leaves some of it for later.",
                recovery: "Run the same command again to go on.", reach: .study)
        }
        let causes = Set(failures.map(\.code.description)).sorted().joined(separator: ", ")
        let earlier = FileStatus.ofFile(at: path)?.kind == .file ? " \(path) is of an earlier run." : ""
        return CodError(
            .refused,
            "No zip is made of the study: \(seriesCount) of its \(study.series.count) series failed (\(causes)).\(earlier)",
            recovery: "Run the same command again to try what is missing; or give --zip-partial to zip what is saved.",
            reach: .study)
    }
}

import CodCore

/// What a study's zip is called and is to hold. Every name is checked: identifiers come from a store by way of stages that anybody may
/// have written.
struct ZippedStudy: Sendable {
    static let suffix = ".zip"

    /// The file's name: the name of the study's folder, where the sink gives it one.
    let name: String
    /// The instances, in the order of their names.
    let sources: [EntrySource]
    /// What is missing; `nil` when nothing is.
    let report: IncompleteEntry?

    /// Throws for a name that must not be in a zip, or is there twice.
    ///
    /// - Parameter keepsPaths: whether entries are called as the files are, below the output folder.
    init(of study: SavedStudy, keepsPaths: Bool = false) throws(CodError) {
        let saved = study.series.flatMap(\.instances)
        name = Self.name(of: try Self.checked(study.uid, "study"), saved: keepsPaths ? nil : saved.first)
        var sources: [EntrySource] = []
        sources.reserveCapacity(saved.count)
        for instance in saved {
            _ = try Self.checked(instance.instance.series.series, "series")
            _ = try Self.checked(instance.instance.uid, "instance")
            let entry = keepsPaths ? try Self.checkedPath(instance) : StudyZipper.entryName(of: instance.instance)
            sources.append(EntrySource(name: entry, saved: instance))
        }
        sources.sort { $0.name < $1.name }
        for (one, next) in zip(sources, sources.dropFirst()) where one.name == next.name {
            throw CodError(
                .duplicateEntry,
                "No zip can be made: \(one.saved.location) and \(next.saved.location) would both be \(one.name).",
                reach: .study)
        }
        self.sources = sources
        report = study.isComplete ? nil : IncompleteEntry(of: study)
    }

    /// What the zip of a study is called. On a disk that ignores case its folder may have a mark: `abC~00000004`.
    static func name(of uid: String, saved: SavedInstance?) -> String {
        let folder = saved?.path.prefix { $0 != "/" } ?? ""
        return (folder.hasPrefix("\(uid)~") && folder.count < 255 - 64 ? String(folder) : uid) + suffix
    }

    private static func checkedPath(_ saved: SavedInstance) throws(CodError) -> String {
        guard ZipSurvey.leadsOut(saved.path) else { return saved.path }
        throw CodError(
            .invalidIdentifier, "\"\(saved.path)\" cannot be the name of an instance in a zip: it is no path below a folder.",
            reach: .study)
    }

    private static func checked(_ uid: String, _ kind: String) throws(CodError) -> String {
        guard let problem = UIDText.problem(with: uid) else { return uid }
        throw CodError(
            .invalidIdentifier,
            "\"\(uid)\" cannot be the name of \(kind == "instance" ? "an" : "a") \(kind) in a zip: \(problem).",
            reach: .study)
    }
}

public import CodCore

/// Writes a list of checksums for every study, which `sha256sum -c` reads in the study's folder.
///
/// The list, `<root>/<study>/SHA256SUMS`, has a line for every saved instance, those of earlier runs included, and above each a comment
/// with its crc32c, size and name, which `sha256sum` passes over. The digests are those of the bytes on the disk, read once more
/// (off the threads of tasks, 1 MiB at a time): a file that no longer holds what was saved fails the study with
/// ``CodError/Code/checksumMismatch``, and an older list stays as it was.
///
/// A study that is not complete gets a list of what is saved, in which comments name what is missing. One of which nothing is saved gets none.
public struct ChecksumManifest: Finisher {
    private let name: String

    /// - Parameter name: the name of the list in each study's folder; default `SHA256SUMS`.
    public init(named name: String = "SHA256SUMS") {
        self.name = name
    }

    /// Writes the list of a study and adds its path to the study's artifacts.
    @concurrent public func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
        var study = input
        let saved = study.series.flatMap(\.instances).sorted { $0.path < $1.path }
        guard let first = saved.first else { return study }
        let (root, home) = (first.root, Self.home(of: first, in: study.uid))
        let folder = "\(root)/\(home)"
        var text = Self.head(of: study)
        var damage: [CodError] = []
        for instance in saved {
            let name = try Self.name(of: instance, in: home, below: root)
            do {
                text += try await offTaskThreads { try ManifestEntry(reading: instance, named: name).text }
            } catch let error as CodError where error.code == .checksumMismatch {
                damage.append(error)
            }
        }
        if let first = damage.first { throw Self.summary(of: first, otherCount: damage.count - 1) }
        let (path, whole) = ("\(folder)/\(name)", text)
        try await offTaskThreads { try ArtifactFile.write(whole, to: path) }
        study.artifacts.append(path)
        return study
    }

    /// Comments: what the list is of, what is missing, how to read it.
    private static func head(of study: SavedStudy) -> String {
        var lines = ["Study \(study.uid). Above each file: its crc32c, its size in bytes, its name."]
        let failures = study.series.flatMap { series in series.failures.map { $0.located(in: series.id) } }
        if !failures.isEmpty { lines.append("Not complete. What is missing:") }
        for failure in failures {
            let place = [failure.series, failure.instance].compactMap(\.self).joined(separator: "/")
            lines.append("missing \(place) (\(failure.code))")
        }
        // Identifiers come from the network: none may begin a line of its own.
        return lines.map { "# \($0.filter { !$0.isNewline })\n" }.joined()
    }

    /// The study's folder: the study's name, which a sink may have marked with a `~` where another study has that name.
    private static func home(of instance: SavedInstance, in study: String) -> String {
        let folder = instance.path.prefix { $0 != "/" }
        return folder.hasPrefix("\(study)~") ? String(folder) : study
    }

    /// The path of an instance below its study's folder.
    private static func name(of instance: SavedInstance, in home: String, below root: String) throws -> String {
        guard instance.root == root, instance.path.hasPrefix("\(home)/") else {
            throw CodError(
                .outputUnusable,
                "No list of checksums can be written: \(instance.location) is not in the folder \(root)/\(home).",
                recovery: "Use the list with a sink that gives every study a folder of its own.", reach: .study)
        }
        return String(instance.path.dropFirst(home.count + 1))
    }

    private static func summary(of first: CodError, otherCount: Int) -> CodError {
        var error = first
        if otherCount > 0 { error.message += " The same is so of \(otherCount) other files of the study." }
        return error
    }
}

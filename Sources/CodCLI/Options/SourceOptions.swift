import ArgumentParser
import CodCore
import CodRetrieve
import CodTransport

/// Where studies come from and how to get there; the same for every command that retrieves.
struct SourceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A portal link, gs://BUCKET[/PREFIX], or a folder that holds studies/.",
            discussion:
                "https://HOST/BUCKET[/PREFIX…]?token=TOKEN: /dicomweb is added to the prefix; requests go to the endpoint. @NAME: the source of a profile in the configuration file."
        ),
        completion: .custom { _, _, prefix in SourceNames.completing(prefix) })
    var source: String

    @Argument(help: "Studies to work on (Study Instance UIDs); none: every study of the source.")
    var studies: [String] = []

    @Option(
        help: ArgumentHelp("More studies, one a line; - is standard input, # starts a comment.", valueName: "file"),
        completion: .file())
    var studiesFrom: String?

    @OptionGroup var access: AccessOptions

    /// How requests that fail are made again.
    var retryPolicy: RetryPolicy { access.retryPolicy }

    /// The source, understood; throws an error of usage that shows how it was understood.
    func parsedSource() throws -> Source { try Source(source) }

    /// All studies named, in order; each is a possible identifier.
    func namedStudies() throws -> [String] {
        let names = studies + (try studiesFrom.map(StudyList.read) ?? [])
        for name in names {
            guard let problem = UIDText.problem(with: name) else { continue }
            throw CodError(
                .invalidIdentifier, "\"\(name)\" is no study: \(problem).",
                recovery: "Give Study Instance UIDs, or their hashes.",
                reach: .job)
        }
        if names.isEmpty, studiesFrom != nil {
            throw CodError(
                .invalidIdentifier, "\(studiesFrom ?? "") names no study.", recovery: "Put one Study Instance UID on each line.",
                reach: .job)
        }
        return names
    }
}

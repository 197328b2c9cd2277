/// Which studies are wanted, and what of them.
public struct RetrievalRequest: Sendable {
    /// The studies' identifiers, each once, in the order given. Empty: every study of the source.
    public let studies: [String]
    /// What of each study.
    public let selection: Selection

    /// Makes a request. An identifier that is given twice counts once.
    public init(studies: [String], selection: Selection = .everything) {
        var seen = Set<String>()
        self.studies = studies.filter { seen.insert($0).inserted }
        self.selection = selection
    }
}
